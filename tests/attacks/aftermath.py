"""What must be true after every attack: the service answers, and nothing of the run is left."""

import contextlib
import dataclasses
import os
import time
from pathlib import Path

from service import cgroups_of, processes_of

SETTLE_TIME_MAX_S = 15
# Descriptors of server and supervisor vary with the pool: four pipes and a pidfd for each cell.
DESCRIPTORS_PER_CELL = 8
DESCRIPTORS_PER_GROUP = 2  # the one to join by, and memory.peak of one of a slot's
DESCRIPTOR_SLACK = 16


def pool_of(service):
    return service.request("GET", "/info").json["pool"]


def settle(service):
    """Waits until no cell runs or dies and the pool is full again; returns the pool's numbers."""
    deadline = time.monotonic() + SETTLE_TIME_MAX_S
    while True:
        pool = pool_of(service)
        quiet = not any(pool[name] for name in ("in_use", "dying", "making", "running", "queued"))
        if quiet and pool["parked"] >= pool["parked_target"]:
            return pool
        assert time.monotonic() < deadline, f"the pool does not come to rest: {pool}"
        time.sleep(0.02)


def descriptors_of(service):
    """Open descriptors of the server and of each of its children that we may look at."""
    counts = {}
    for pid in (service.process.pid, *service.children):
        with contextlib.suppress(OSError):
            counts[pid] = len(os.listdir(f"/proc/{pid}/fd"))
    return counts


def jail_mounts():
    """Mounts of a jail that got out into the host's mount namespace."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line for line in lines if "nsjail" in line or " /scratch " in line}


def cell_groups(service):
    """Directories below the service's own control groups: one a slot and hierarchy."""
    return sum(len([entry for entry in os.scandir(group) if entry.is_dir()])
               for group in cgroups_of(service))


def tasks_in_groups(service):
    """Of the runs. Server, supervisor and the children that remove a finished run's files, which may
    take a slow disk a while, are in a group of their own (src/supervisor/cpu_weights.h)."""
    total = 0
    for group in cgroups_of(service):
        if str(group).endswith("-service"):
            continue
        for directory, _, files in os.walk(group):
            if "cgroup.procs" in files:
                with contextlib.suppress(OSError):
                    total += len((Path(directory) / "cgroup.procs").read_text().split())
    return total


@dataclasses.dataclass
class Rest:
    """The service at rest."""
    pool: dict
    processes: int
    groups: int
    tasks: int
    mounts: set
    descriptors: dict

    @classmethod
    def of(cls, service):
        deadline = time.monotonic() + SETTLE_TIME_MAX_S
        while True:
            pool = settle(service)
            rest = cls(pool, len(processes_of(service)), cell_groups(service), tasks_in_groups(service),
                       jail_mounts(), descriptors_of(service))
            if pool_of(service)["started"] == pool["started"]:  # no cell was replaced while we counted
                return rest
            assert time.monotonic() < deadline, f"the pool does not come to rest: {pool}"

    def live_cells(self):
        return self.pool["parked"]


def problems_since(before, now):
    """What is left, in words; empty when all is as it was."""
    more_cells = now.live_cells() - before.live_cells()
    found = []
    if now.processes > before.processes + max(0, more_cells):
        found.append(f"processes: {before.processes} -> {now.processes}")
    hierarchies = 3  # v1: memory and pids; v2: one
    slots = now.pool["cells_max"]
    if now.groups > hierarchies * slots:
        found.append(f"control groups: {now.groups} for {slots} slots")
    if now.tasks > before.tasks + hierarchies * max(0, more_cells):
        found.append(f"tasks in groups: {before.tasks} -> {now.tasks}")
    if now.mounts - before.mounts:
        found.append(f"mounts: {sorted(now.mounts - before.mounts)}")
    more_groups = max(0, now.groups - before.groups)  # of slots that were never taken before
    allowed = (DESCRIPTOR_SLACK + DESCRIPTORS_PER_CELL * max(0, more_cells)
               + DESCRIPTORS_PER_GROUP * more_groups)
    for pid, count in now.descriptors.items():
        if count > before.descriptors.get(pid, count) + allowed:
            found.append(f"descriptors of {pid}: {before.descriptors[pid]} -> {count}")
    return found


def assert_unharmed(service, before):
    """The service answers as ever, and is at rest as it was in `before`."""
    health = service.request("GET", "/health")
    assert health.status == 200 and health.json["status"] == "healthy", health.body
    reply = service.execute("def main():\n    print('out')\n    return 6 * 7\n")
    assert (reply.status, reply.json) == (200, {"result": 42, "stdout": "out\n"}), reply.body
    deadline = time.monotonic() + SETTLE_TIME_MAX_S
    while problems := problems_since(before, Rest.of(service)):
        assert time.monotonic() < deadline, problems
        time.sleep(0.05)
