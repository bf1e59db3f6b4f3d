"""The states in which a server meets a request: just started, more at once than it has cells for,
and after minutes of load."""

import statistics
import time
from pathlib import Path

from . import measure, peers, suite

BURST = 32  # at once: above the pool of parked cells of any machine this runs on
BURSTS = 5
CROWD = 64  # clients that send one request after another
CROWD_TURNS = 3
BURST_PAUSE_S = 1.5  # a pool is full again
SOAK_FRACTION = 0.5


def first_request(name, script, options, folder):
    """From the start of a fresh peer to its first answer, and that request alone, in us."""
    started = time.perf_counter()
    peer = peers.start(name, options, folder)
    try:
        asked = time.perf_counter()
        problem = suite.problem_with(peer, script)
        answered = time.perf_counter()
    finally:
        peers.stop(peer)
    if problem:
        raise peers.PeerError(problem)
    return {"peer": name, "script": script.name, "start_us": (answered - started) * 1e6,
            "request_us": (answered - asked) * 1e6}


def burst(peer, script, generator):
    """BURST requests at the same moment: medians over some bursts, with pauses between."""
    samples = []
    for _ in range(BURSTS):
        time.sleep(BURST_PAUSE_S)
        samples.append(generator.burst(peer, script, BURST))
    return {"peer": peer.name, "script": script.name, "requests": BURST,
            "wrong": sum(measure.wrong(sample) for sample in samples)} | {
        key: statistics.median(sample["latency_us"][key] for sample in samples)
        for key in ("p50", "max")}


def crowd(peer, script, few, generator):
    """More clients than a server has cells, cores or places for: does the peak hold? In turn with `few`
    clients, since the machine drifts by more than this is about; of several turns the medians."""
    turns = [[generator.closed(peer, script, clients) for clients in (few, CROWD)]
             for _ in range(CROWD_TURNS)]
    of_few, of_many = ([turn[i]["throughput_per_s"] for turn in turns] for i in (0, 1))
    return turns[-1][1] | {"peer": peer.name, "script": script.name,
                           "throughput_per_s": statistics.median(of_many),
                           "few_throughput_per_s": statistics.median(of_few)}


def health(peer, connections, generator):
    return generator.health(peer, connections) | {"peer": peer.name}


def soak(peer, script, peak, seconds, generator):
    """The open loop for minutes, in ten parts; a server that leaks or tires gets slower or larger."""
    parts = []
    for _ in range(10):
        sample = generator.open(peer, script, peak * SOAK_FRACTION, seconds / 10)
        parts.append(sample["latency_us"] | {"wrong": measure.wrong(sample),
                                             "memory_mb": memory_mb(peer)})
    return {"peer": peer.name, "script": script.name, "seconds": seconds,
            "rate_per_s": peak * SOAK_FRACTION, "parts": parts}


def memory_mb(peer):
    """Proportional set size of the peer's processes: shared pages counted once."""
    if peer.process is None:
        return None
    waiting, total_kb = [peer.process.pid], 0
    while waiting:
        pid = waiting.pop()
        try:
            tasks = list(Path(f"/proc/{pid}/task").iterdir())
            waiting += [int(child) for task in tasks
                        for child in (task / "children").read_text().split()]
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue  # it ended meanwhile
        total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total_kb / 1024
