"""A session as an attacker has it, and what the host sees of its processes."""

import contextlib
import os
import time
from pathlib import Path

from service import processes_of

LIMITS = {"wall_time_s": 8, "cpu_time_s": 6}
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Session:
    """session(script, **fields) runs in it."""

    def __init__(self, service):
        made = service.post_json({}, path="/sessions")
        assert made.status == 201, made.body
        self._service = service
        self.name, self.first = made.json["session"], made.json["state"]
        self.path = f"/sessions/{self.name}"
        self._uid = service.uid_first + self("import os\nos.getuid()").result

    def __call__(self, script, **fields):
        return self._service.post_json({"script": script, "limits": LIMITS, **fields}, path=f"{self.path}/execute")

    def pids(self):
        return [pid for pid in processes_of(self._service) if uid_of(pid) == self._uid]

    def processes(self):
        return len(self.pids())

    def cpu_seconds(self):
        """Of its processes that live."""
        return sum(cpu_seconds_of(pid) for pid in self.pids())

    def computes(self, over_s=0.5):
        """How many processors it uses now."""
        before = self.cpu_seconds()
        time.sleep(over_s)
        return max(0.0, self.cpu_seconds() - before) / over_s

    def end(self):
        self._service.request("DELETE", self.path)


def uid_of(pid):
    with contextlib.suppress(OSError):
        return os.stat(f"/proc/{pid}").st_uid


def cpu_seconds_of(pid):
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND
    return 0.0
