"""The load generator: built when needed, run for each measurement."""

import json
import os
import statistics
import subprocess
from pathlib import Path

from . import peers

BUILD = peers.ROOT / "build/bench"
REQUEST_TIMEOUT_S = 40
LOOP_CONNECTIONS_MAX = 64  # of an open loop
REQUESTS_MIN = 100         # an open loop runs longer at low rates, for a tail worth reporting
OPEN_SECONDS_MAX = 20
# One connection with a pause from an answer to the next request; these stand where a number of
# connections stands.
HIT = "hit"        # long enough for a full pool, too short for cold caches and a halted processor
RESTED = "rested"  # as long as a person is alone with the service
PAUSES_S = {HIT: 0.005, RESTED: 0.1}
PACED_SECONDS_MIN = 8


class GeneratorError(Exception):
    pass


def build():
    """Builds the generator, on one core. A build that is up to date takes no time."""
    steps = (["cmake", "-S", peers.ROOT / "bench", "-B", BUILD, "-G", "Ninja",
              "-DCMAKE_BUILD_TYPE=Release"],
             ["ninja", "-j1", "-C", BUILD, "forkjail-load"])
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, text=True, check=False)
        except OSError as error:
            raise GeneratorError(f"cannot build the load generator: {error}") from error
        if done.returncode != 0:
            raise GeneratorError(f"cannot build the load generator: {(done.stdout + done.stderr)[-1500:]}")
    return BUILD / "forkjail-load"


class Generator:
    def __init__(self, options, folder):
        self.binary = options.load or build()
        if not os.access(self.binary, os.X_OK):
            raise GeneratorError(f"{self.binary} cannot be run")
        self.options = options
        self.folder = folder

    def closed(self, peer, script, connections):
        seconds = max(self.options.seconds, script.seconds_min)
        return self._run(peer, script, seconds, ["--connections", str(connections)])

    def paced(self, peer, script, pace):
        """One request now and then: latency without load, a parked cell for each."""
        seconds = max(self.options.seconds, PACED_SECONDS_MIN)
        sample = self._run(peer, script, seconds, ["--connections", "1", "--think-time", str(PAUSES_S[pace])])
        return sample | {"connections": pace}

    def burst(self, peer, script, count):
        """So many requests at the same moment, each on a connection of its own, and no more."""
        return self._run(peer, script, REQUEST_TIMEOUT_S,
                         ["--connections", str(count), "--requests-max", str(count)], warmup=0)

    def open(self, peer, script, rate, seconds=None):
        enough = min(REQUESTS_MIN / rate, OPEN_SECONDS_MAX)
        seconds = seconds or max(self.options.seconds, script.seconds_min, enough)
        return self._run(peer, script, seconds,
                         ["--connections", str(LOOP_CONNECTIONS_MAX), "--rate", f"{rate:.3f}",
                          "--arrivals", self.options.arrivals])

    def health(self, peer, connections):
        return self._offer(peer, "/health", self.options.seconds, ["--connections", str(connections)])

    def _run(self, peer, script, seconds, more, warmup=None):
        body = Path(self.folder) / f"{script.name}.json"
        body.write_bytes(script.body())
        return self._offer(peer, "/execute", seconds,
                           ["--body", body, "--expect-status", str(script.status), *more], warmup)

    def _offer(self, peer, path, seconds, more, warmup=None):
        warmup = self.options.warmup if warmup is None else warmup
        command = [self.binary, "--url", f"http://127.0.0.1:{peer.port}{path}",
                   "--seconds", str(seconds), "--warmup", str(warmup),
                   "--timeout", str(REQUEST_TIMEOUT_S), *more]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False,
                                  timeout=seconds + warmup + REQUEST_TIMEOUT_S + 30)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GeneratorError(f"the load generator: {error}") from error
        if done.returncode != 0:
            raise GeneratorError(f"the load generator: {done.stderr.strip()[-500:]}")
        return json.loads(done.stdout)


def wrong(sample):
    """Requests without the expected answer."""
    return sample["requests"] - (sample["latency_us"]["count"] - _late(sample))


def _late(sample):
    # These are in the histogram as the time they waited, but they are not answers.
    return sample["failures"].get("timeout", 0) + sample["failures"].get("unfinished", 0)


def in_words(sample):
    latency = sample["latency_us"]
    text = (f"{sample['throughput_per_s']:8.1f}/s  p50 {latency['p50'] / 1000:8.2f} ms  "
            f"p99 {latency['p99'] / 1000:8.2f} ms")
    return text + (f"  {wrong(sample)} WRONG" if wrong(sample) else "")


def _of(samples, peer, script, connections):
    return [sample for sample in samples if sample["peer"] == peer
            and sample["script"] == script and sample["connections"] == connections]


def latency(samples, peer, script, connections, percentile):
    """In us, the median over the rounds; None when no request was answered in any."""
    values = [sample["latency_us"][percentile] for sample in _of(samples, peer, script, connections)
              if sample["latency_us"]["count"]]
    return statistics.median(values) if values else None


def peak(samples, peer, script, connections):
    """Answers per second, the median over the rounds; one without any answer counts as 0."""
    values = [sample["throughput_per_s"] for sample in _of(samples, peer, script, connections)]
    return statistics.median(values) if values else None
