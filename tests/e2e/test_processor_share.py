"""Server and supervisor are ahead of the scripts for the processor, by the weight of a control group or
else by niceness; short runs are ahead of long ones; and the log and `doctor` say which of it holds."""

import ctypes
import os
import struct
import subprocess
import threading
import time
from pathlib import Path

import pytest

from service import BINARY, GUEST_ROOT, NSJAIL, children_of, processes_of

V1 = Path("/sys/fs/cgroup/cpu/cpu.shares").exists()


def cpu_group(pid):
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "cpu" in controllers.split(","):
            return path
    return None


def niceness(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[16])


def has_weights(running):
    return "run at niceness" not in running.log_text()


def slice_ms(thread):
    """The time slice of a thread: sched_runtime of sched_getattr(2). 0 before Linux 6.12."""
    attributes = ctypes.create_string_buffer(48)
    if ctypes.CDLL(None, use_errno=True).syscall(315, thread, attributes, 48, 0) != 0:  # SYS_sched_getattr on x86-64
        raise FileNotFoundError(thread)
    return struct.unpack_from("=Q", attributes, 24)[0] / 1e6


def test_scripts_are_behind_by_weight_or_by_niceness(start_service):
    running = start_service()
    behind = processes_of(running)
    assert behind
    if has_weights(running):
        assert {niceness(pid) for pid in behind} == {0}
    else:
        assert {niceness(pid) for pid in behind} == {5}
    assert {niceness(pid) for pid in {running.process.pid, *running.children}} == {0}


@pytest.mark.skipif(not V1, reason="there is no version 1 hierarchy with the cpu controller")
def test_groups_of_version_1_hold_server_and_supervisor_and_each_cell(start_service):
    running = start_service()
    if not has_weights(running):
        pytest.skip("no group can be made here: " + running.log_text()[:500])
    (supervisor,) = running.children
    group = cpu_group(running.process.pid)
    assert group.endswith(f"/forkjail-{supervisor}-service")
    assert cpu_group(supervisor) == group
    outer = os.path.dirname(group)
    cells = [each for each in map(cpu_group, processes_of(running)) if each != outer]
    assert all(os.path.basename(each).startswith(f"forkjail-{supervisor}-cell-") for each in cells)
    assert cells or "do not give way" in running.log_text()
    directory = Path("/sys/fs/cgroup/cpu") / group.lstrip("/")
    assert int((directory / "cpu.shares").read_text()) > 1024
    running.stop()
    assert not directory.exists()


# ---- short runs ahead of long ones ----

BURN = """
import threading
def burn():
    while True: pass
for _ in range(3): threading.Thread(target=burn, daemon=True).start()
threading.Thread(target=lambda: [threading.Thread(target=burn, daemon=True).start() for _ in range(3)]).start()
burn()
"""


@pytest.fixture
def shared(start_service):
    running = start_service()
    if not V1 or not has_weights(running) or "do not give way" in running.log_text():
        pytest.skip("needs a version 1 hierarchy with the cpu controller in which groups can be made")
    return running


def idle_file(pid):
    return Path("/sys/fs/cgroup/cpu") / cpu_group(pid).lstrip("/") / "cpu.idle"


def behind(running):
    """The processes that stand behind others, each with the groups of all its threads."""
    found = {}
    for pid in processes_of(running):
        try:
            if "-cell-" in cpu_group(pid) and idle_file(pid).read_text() == "1\n":
                found[pid] = {cpu_group(f"{pid}/task/{thread}") for thread in os.listdir(f"/proc/{pid}/task")}
        except FileNotFoundError:
            continue
    return found


def until(condition, time_max_s=8):
    deadline = time.monotonic() + time_max_s
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def test_a_run_that_computes_stands_behind_others_with_all_its_threads(shared):
    run = threading.Thread(target=shared.execute, args=(BURN,), kwargs={"limits": {"cpu_time_s": 4}})
    run.start()
    try:
        ((pid, groups),) = until(lambda: behind(shared)).items()
        assert len(groups) == 1
        tasks = Path(f"/proc/{pid}/task")
        assert until(lambda: len(os.listdir(tasks)) > 6)
        if slice_ms(0) > 0:
            assert until(lambda: {slice_ms(int(thread)) for thread in os.listdir(tasks)} == {20})
        directory = idle_file(pid).parent
    finally:
        run.join()
    assert not until(lambda: behind(shared), 0.2), "the next cell of the slot stands where all do"
    shared.stop()
    assert not directory.exists()


def test_a_run_that_waits_stands_where_it_was(shared):
    run = threading.Thread(target=shared.execute, args=("import time\ntime.sleep(1)",))
    run.start()
    assert not until(lambda: behind(shared), 0.8)
    run.join()


def test_a_session_has_its_place_back_after_a_long_run(shared):
    if not shared.has_sessions():
        pytest.skip("needs: sessions")
    name = shared.post_json({}, path="/sessions").json["session"]
    path = f"/sessions/{name}/execute"
    script = "import time\nend = time.monotonic() + 1.5\nwhile time.monotonic() < end: pass\nx = 1"
    run = threading.Thread(target=shared.post_json, args=({"script": script},), kwargs={"path": path})
    run.start()
    found = until(lambda: behind(shared))
    run.join()
    assert until(lambda: not behind(shared))
    assert until(lambda: all(slice_ms(pid) == slice_ms(0) for pid in found if os.path.exists(f"/proc/{pid}")))
    assert shared.post_json({"script": "x"}, path=path).json["result"] == 1


@pytest.mark.parametrize("name", ["CPU weights", "idle class for long runs"])
def test_doctor_says_whether_it_can_be_given(name):
    result = subprocess.run([BINARY, "doctor", "--nsjail", NSJAIL, "--guest-root", GUEST_ROOT],
                            capture_output=True, text=True, timeout=60)
    (line,) = [line for line in result.stdout.splitlines() if name in line]
    assert line.split()[0] in {"ok", "MISSING"}
