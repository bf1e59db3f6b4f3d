"""Server and supervisor are ahead of the scripts for the processor, by the weight of a control group or
else by niceness; and the log and `doctor` say which."""

import os
import subprocess
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
def test_a_group_of_version_1_holds_server_and_supervisor_alone(start_service):
    running = start_service()
    if not has_weights(running):
        pytest.skip("no group can be made here: " + running.log_text()[:500])
    (supervisor,) = running.children
    group = cpu_group(running.process.pid)
    assert group.endswith(f"/forkjail-{supervisor}-service")
    assert cpu_group(supervisor) == group
    assert {cpu_group(pid) for pid in processes_of(running)} == {os.path.dirname(group)}
    directory = Path("/sys/fs/cgroup/cpu") / group.lstrip("/")
    assert int((directory / "cpu.shares").read_text()) > 1024
    running.stop()
    assert not directory.exists()


def test_doctor_says_whether_weights_can_be_given():
    result = subprocess.run([BINARY, "doctor", "--nsjail", NSJAIL, "--guest-root", GUEST_ROOT],
                            capture_output=True, text=True, timeout=60)
    (line,) = [line for line in result.stdout.splitlines() if "CPU weights" in line]
    assert line.split()[0] in {"ok", "MISSING"}
