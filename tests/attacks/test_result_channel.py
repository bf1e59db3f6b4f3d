"""Attacks 127-142 as the service feels them; what a script can judge itself is in cases/."""

import os
import threading
import time
from pathlib import Path

from attacks.judge import assert_well_formed, request_of

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(service):
    fields = Path(f"/proc/{service.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_memory_during(service, action):
    """The server's largest resident size while `action` runs, in MB."""
    peak, done = 0, threading.Event()

    def watch():
        nonlocal peak
        while not done.is_set():
            text = Path(f"/proc/{service.process.pid}/status").read_text()
            peak = max(peak, int(text.split("VmRSS:")[1].split()[0]) // 1024)
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        action()
    finally:
        done.set()
        watcher.join()
    return peak


def post_case(service, file_name):
    reply = service.post_json(request_of(file_name))
    assert_well_formed(reply)
    return reply


def test_128_a_claimed_length_allocates_nothing(service):
    peak = peak_memory_during(
        service, lambda: [post_case(service, "128_claimed_length.py") for _ in range(5)])
    assert peak < 400, f"{peak} MB"


def test_132_a_flood_of_output_stays_out_of_the_servers_memory(service):
    peak = peak_memory_during(service, lambda: post_case(service, "132_output_flood.py"))
    assert peak < 400, f"{peak} MB"


def test_133_single_bytes_cost_the_server_bounded_time(service):
    before = cpu_seconds(service)
    reply = post_case(service, "133_dripping.py")
    used = cpu_seconds(service) - before
    # The run had 2 s of CPU; the server must not pay several times of that.
    assert used < 4, f"{used} s for {reply.status} {reply.body[:400]!r}"


def test_133_others_are_answered_meanwhile(service):
    threads = [threading.Thread(target=post_case, args=(service, "133_dripping.py"))
               for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    slowest = max(service.execute("def main():\n    return 1\n").elapsed_s for _ in range(10))
    for thread in threads:
        thread.join()
    assert slowest < 3


def test_129_hanging_half_frames_do_not_hold_others(service):
    threads = [threading.Thread(target=post_case, args=(service, "129_truncated_frame.py"))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    assert service.execute("def main():\n    return 1\n").elapsed_s < 3
    for thread in threads:
        thread.join()


def test_127_answers_never_reach_another_client(service):
    """Forgers and honest runs side by side: nobody sees another's value."""
    forged = "import os, struct\ndef main():\n    v = b'\"forged\"'\n" \
             "    os.write(3, struct.pack('II', 4, len(v)) + v * 3)\n    return 'own'\n"
    wrong = []

    def forge():
        for _ in range(10):
            service.execute(forged)

    def honest(n):
        for i in range(10):
            reply = service.execute(f"def main():\n    print({n})\n    return [{n}, {i}]\n")
            if reply.status != 200 or reply.json != {"result": [n, i], "stdout": f"{n}\n"}:
                wrong.append(reply.body)

    threads = [threading.Thread(target=forge) for _ in range(2)]
    threads += [threading.Thread(target=honest, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:3]


REPEATED_REFUSAL = """
import os, struct
def main():
    calls = struct.pack('16I', *[425] * 16)  # io_uring_setup
    os.write(3, struct.pack('II', 3, len(calls)) + calls)
    value = b'"forged"'
    os.write(3, struct.pack('II', 4, len(value)) + value)
"""


def refusals_of(service, syscall):
    lines = service.request("GET", "/metrics").body.decode().splitlines()
    name = f'forkjail_refused_syscalls_total{{syscall="{syscall}"}} '
    return sum(int(line.removeprefix(name)) for line in lines if line.startswith(name))


def test_295_a_forged_frame_counts_a_refused_call_once(service):
    before = refusals_of(service, "io_uring_setup")
    assert service.execute(REPEATED_REFUSAL).status == 200
    assert refusals_of(service, "io_uring_setup") == before + 1
