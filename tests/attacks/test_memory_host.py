"""Attacks 88, 91, 93 and 94: what the machine feels of a run's memory."""

import os
import threading
import time
from pathlib import Path

import pytest

from attacks.aftermath import settle
from attacks.judge import request_of
from service import cgroups_of

OK_SCRIPT = "def main():\n    return 1\n"

READ_ALL = """
import os, time
def main():
    end, total = time.monotonic() + 4, 0
    while time.monotonic() < end:
        for directory, _, files in os.walk('/usr'):
            for name in files:
                try:
                    with open(os.path.join(directory, name), 'rb', buffering=0) as file:
                        while piece := file.read(1 << 20):
                            total += len(piece)
                except OSError:
                    pass
                if time.monotonic() > end:
                    return total
"""


def leakable_mb(service):
    """What a leak of the service's would show in, and a compiler beside it hardly: kernel memory,
    shared memory (tmpfs included), and what the service's own processes hold."""
    lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    kernel = sum(int(lines[name].split()[0]) for name in ("Shmem", "SUnreclaim", "PageTables"))
    own = 0
    for pid in (service.process.pid, *service.children):
        own += int(Path(f"/proc/{pid}/status").read_text().split("VmRSS:")[1].split()[0])
    return (kernel + own) // 1024


def full_only(level):
    if level != "full":
        pytest.skip("memory cgroup")


def test_88_reading_the_whole_root_does_not_hold_others_up(service):
    limits = {"wall_time_s": 8, "cpu_time_s": 6}
    replies = []
    readers = [threading.Thread(target=lambda: replies.append(
        service.execute(READ_ALL, limits=limits))) for _ in range(2)]
    for reader in readers:
        reader.start()
    time.sleep(0.3)
    times = [service.execute("import numpy\ndef main():\n    return int(numpy.arange(9).sum())\n")
             .elapsed_s for _ in range(15)]
    for reader in readers:
        reader.join()
    assert sorted(times)[len(times) // 2] < 1 and max(times) < 4, times
    assert all(reply.status in (200, 422) for reply in replies)


def memory_groups(service):
    return [Path(directory) for group in cgroups_of(service) for directory, _, files in os.walk(group)
            if "cell-" in directory and {"memory.max", "memory.limit_in_bytes"} & set(files)]


def test_91_no_cell_has_swap(service, level):
    full_only(level)
    groups = memory_groups(service)
    assert groups
    for group in groups:
        with_swap = group / "memory.memsw.limit_in_bytes"
        if (group / "memory.swap.max").exists():
            assert (group / "memory.swap.max").read_text().strip() == "0", group
        elif with_swap.exists():
            limit = (group / "memory.limit_in_bytes").read_text()
            assert with_swap.read_text() == limit, group
        else:
            assert len(Path("/proc/swaps").read_text().splitlines()) == 1, "swap, and no limit on it"


def test_94_runs_out_of_memory_leave_the_hosts_memory_flat(service, level, long):
    full_only(level)
    body = request_of("093_next_after_oom.py")
    for _ in range(5):
        service.post_json(body)
    settle(service)
    before = leakable_mb(service)
    for _ in range(500 if long else 25):
        reply = service.post_json(body)
        assert reply.status == 422 and reply.json["details"]["kind"] == "memory", reply.body
    settle(service)
    assert service.execute(OK_SCRIPT).result == 1
    growth = leakable_mb(service) - before
    assert growth < 75, f"{growth} MB"  # 3 MB a run of 25


LOOK_UP = """
import os
def main():
    run = os.getrandom(4).hex()
    for n in range(40_000):
        os.path.exists(f"/usr/lib/{run}-{n}-{'n' * 200}")
"""


def charged_mb(service):
    """All that the groups of the service hold, those of finished cells included."""
    for group in cgroups_of(service):
        for name in ("memory.usage_in_bytes", "memory.current"):
            if (Path(group) / name).exists():
                return int((Path(group) / name).read_text()) >> 20
    pytest.skip("no memory cgroup")


def test_302_names_that_do_not_exist_leave_no_kernel_memory(service):
    """The kernel remembers each, 450 bytes, beyond the end of the run and of its group."""
    before = charged_mb(service)
    for _ in range(5):
        assert service.execute(LOOK_UP, limits={"cpu_time_s": 10, "wall_time_s": 30}).status == 200
    deadline = time.monotonic() + 60  # they are freed beside everything else
    while (growth := charged_mb(service) - before) > 40 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert growth <= 40, f"{growth} MB"  # 90 MB of names were looked up


def test_93_others_live_through_a_run_out_of_memory(service, level):
    full_only(level)
    results = []
    peer = threading.Thread(target=lambda: results.append(service.execute(
        "import time\ndef main():\n    kept = bytearray(50 << 20)\n    time.sleep(2)\n"
        "    return len(kept)\n")))
    peer.start()
    time.sleep(0.3)
    for _ in range(3):
        service.post_json(request_of("093_next_after_oom.py"))
    peer.join()
    assert results[0].result == 50 << 20
