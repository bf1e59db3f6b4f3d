"""What ends a run that is not the script: the answer must not blame it."""

import contextlib
import os
import threading
import time
from pathlib import Path

import pytest

from service import processes_of

SLEEP = "import time\ndef main():\n    block = bytearray(b'x') * (60 << 20)\n    time.sleep(20)\n"
FILL = "import time\ndef main():\n    block = bytearray(b'x') * (110 << 20)\n    time.sleep(1)\n    return len(block)\n"


def resident_pages(pid):
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return 0


def test_a_run_that_was_killed_from_outside_is_not_reported_as_the_scripts_crash(service):
    replies = []
    run = threading.Thread(target=lambda: replies.append(service.execute(SLEEP)))
    run.start()
    time.sleep(1.5)
    os.kill(max(processes_of(service), key=resident_pages), 9)
    run.join()
    assert replies[0].status == 500, replies[0].body
    assert replies[0].error == "the service lost this run: something outside the service killed the script"
    assert service.execute("def main():\n    return 1\n").result == 1


def test_a_closed_result_channel_is_the_scripts_own_doing(execute):
    reply = execute("import os, time\ndef main():\n    os.close(3)\n    time.sleep(30)\n", verbose=True)
    assert reply.status == 422
    assert reply.error == "the script closed its result channel before main() returned"
    assert reply.json["details"]["kind"] == "crash"
    assert reply.elapsed_s < 20


# ---- a limit around the service ----


def own_memory_group():
    """The directory of our own group in the hierarchy that has the memory controller."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            return Path("/sys/fs/cgroup/memory" + path)
        if number == "0" and (Path("/sys/fs/cgroup") / path[1:] / "memory.max").exists():
            return Path("/sys/fs/cgroup") / path[1:]
    return None


@pytest.fixture
def group():
    """A group of memory around what is started in it; removed afterwards."""
    parent = own_memory_group()
    made = parent and parent / f"forkjail-test-{os.getpid()}"
    try:
        made.mkdir()
    except (AttributeError, OSError):
        pytest.skip("no memory group can be made here")
    yield made
    for _ in range(100):
        with contextlib.suppress(OSError):
            made.rmdir()
            return
        time.sleep(0.1)
    raise AssertionError(f"{made} is left")


def memory_file(group, v1, v2):
    return group / v1 if (group / v1).exists() else group / v2


def test_a_limit_around_the_service_is_not_reported_as_the_runs_own(group, start_service):
    into = ("sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh")
    running = start_service(behind=into)
    used = int(memory_file(group, "memory.usage_in_bytes", "memory.current").read_text())
    limit = memory_file(group, "memory.limit_in_bytes", "memory.max")
    limit.write_text(str(used + (60 << 20)))
    try:
        reply = running.execute(FILL)
    finally:
        limit.write_text(str(4 << 30))
    assert reply.status == 503, reply.body
    assert reply.error == "the service lost this run: it ran out of memory; send the request again"
    assert reply.headers["Retry-After"]
    assert running.execute(FILL).result == 110 << 20
    # With the room that it needs, what is too much for the run alone is its own fault again.
    own = running.execute("def main():\n    return len(bytearray(b'x') * (200 << 20))\n")
    assert own.status == 422 and "memory limit exceeded (128 MB)" in own.error, own.body


# ---- who is killed first ----


def scores_of(pids):
    return {pid: int(Path(f"/proc/{pid}/oom_score_adj").read_text()) for pid in pids}


def test_cells_are_killed_for_memory_before_their_zygotes_and_the_service_last(service):
    own = max(scores_of([os.getpid()]).values())
    if own > 500:
        pytest.skip("was started with a high score itself")
    scores = scores_of(processes_of(service)).values()
    assert scores_of([service.process.pid, *service.children]) == dict.fromkeys(
        [service.process.pid, *service.children], own)
    assert set(scores) == {500, 1_000}
    flavours = service.request("GET", "/info").json["pool"]["flavours"]
    # A session's keeper goes after its states, whose score is raised when the session begins.
    parked = sum(flavour["parked"] for name, flavour in flavours.items() if name != "session")
    assert list(scores).count(1_000) >= parked
