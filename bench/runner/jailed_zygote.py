"""A zygote in its real jail, driven without server and supervisor: what bench/cell_cost measures.

Speaks the supervisor's side of src/protocol/zygote_channel.h and the server's side of
src/protocol/run_frames.h, as the build of that zygote has them (runner/protocol.py). Needs root: it mounts
(in a mount namespace of its own) and makes a cgroup.
"""

import ctypes
import os
import socket
import struct
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from runner.protocol import Protocol

ROOT = Path(__file__).resolve().parent.parent.parent
UID_FIRST, UID_RANGE = 100_000, 65_536
ZYGOTE = "usr/lib/forkjail/forkjail-zygote"
RUNTIME = "usr/lib/forkjail/runtime"

FRAME = struct.Struct("=II")
START_S, RUN_S = 120, 60

_CLONE_NEWNS, _MS_BIND, _MS_REC, _MS_PRIVATE = 0x20000, 4096, 16384, 1 << 18
_libc = ctypes.CDLL(None, use_errno=True)


class ZygoteError(Exception):
    pass


def _mount(source, target, flags):
    if _libc.mount(source and str(source).encode(), str(target).encode(), None, flags, None) != 0:
        raise ZygoteError(f"mount {source} on {target}: {os.strerror(ctypes.get_errno())}")


def enter_own_mounts():
    """From here on nothing that this process mounts shows elsewhere, and all of it ends with it."""
    if _libc.unshare(_CLONE_NEWNS) != 0:
        raise ZygoteError("needs root")
    _mount(None, "/", _MS_REC | _MS_PRIVATE)


class _Cgroup:
    """One memory cgroup (v1) for all cells, so that their pages are charged as they are in service.
    Where there is none, the figures leave the charging out, and `where` says so."""

    def __init__(self):
        self.path = None
        base = Path("/sys/fs/cgroup/memory")
        lines = Path("/proc/self/cgroup").read_text().splitlines()
        own = next((line.split(":", 2)[2] for line in lines if ":memory:" in line), None)
        for parent in (base / own.lstrip("/") if own else base, base):
            path = parent / f"cell-cost-{os.getpid()}"
            try:
                path.mkdir()
            except OSError:
                continue
            self.path = path
            return

    where = property(lambda self: "a v1 memory cgroup" if self.path else "no cgroup")

    def open(self):
        return [os.open(self.path / "tasks", os.O_WRONLY)] if self.path else []

    def memory_bytes(self):
        return int((self.path / "memory.usage_in_bytes").read_text()) if self.path else 0

    def clear(self):
        if self.path:
            (self.path / "memory.force_empty").write_text("0")

    def remove(self):
        for _ in range(50):
            try:
                return self.path and self.path.rmdir()
            except OSError:
                time.sleep(0.05)


@dataclass
class CellCost:
    """One cell, from its clone to its exit."""
    steps: list = field(default_factory=list)  # (name, CPU us, page faults), in order
    cpu_us: float = 0          # all of it, as the kernel accounts for it at the end
    faults: int = 0            # up to the reply
    mappings: int = 0          # while parked
    parked_kb: int = 0         # private pages, while parked
    page_table_kb: int = 0
    charged_kb: int = 0        # to its cgroup while parked, kernel memory included
    answer_us: float = 0       # hand-off to reply on the clock: means little on a busy machine
    zygote_us: float = 0
    zygote_faults: int = 0


class JailedZygote:
    def __init__(self, binary, runtime, guest_root, nsjail, preload, without=""):
        self._protocol = Protocol(binary.parent.parent)
        self._cgroup = _Cgroup()
        _mount(binary, guest_root / ZYGOTE, _MS_BIND)
        _mount(runtime, guest_root / RUNTIME, _MS_BIND)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ids = f"0:{UID_FIRST}:{UID_RANGE}"
        command = [nsjail, "--config", ROOT / "deploy/nsjail.cfg", "--chroot", guest_root,
                   "--user", ids, "--group", ids, "--", f"/{ZYGOTE}",
                   "--layers", "namespaces,own-uid", "--preload", preload,
                   *(["--image-without", without] if without else [])]
        self._jail = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env={},
            pass_fds=[3], preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        self._control = ours
        self._control.settimeout(START_S)
        verb, message, text, _ = self._receive()
        if verb != self._protocol.verbs["ready"]:
            raise ZygoteError(f"the zygote did not start: {text.decode(errors='replace')}")
        lines = [line.split("\t") for line in text.decode().splitlines()]
        self.versions = [" ".join(parts[1:]) for parts in lines if parts[0] == "version"]
        children = Path(f"/proc/{self._jail.pid}/task/{self._jail.pid}/children").read_text().split()
        self.pid = int(children[0])
        self._cells = 0

    charged_to = property(lambda self: self._cgroup.where)

    def close(self):
        self._control.close()
        try:
            self._jail.wait(10)
        except subprocess.TimeoutExpired:
            self._jail.kill()
            self._jail.wait()
        self._cgroup.remove()

    def _receive(self):
        data, fds, _, _ = socket.recv_fds(self._control, 65536, 4)
        layout = self._protocol.zygote_message
        if len(data) < layout.size:
            raise ZygoteError("the zygote is gone")
        message = layout.read(data)
        return message["verb"], message, data[layout.size:], fds

    def _zygote_use(self):
        stat = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        schedstat = Path(f"/proc/{self.pid}/schedstat").read_text().split()
        return int(schedstat[0]) / 1000, int(stat[7])

    def _request(self, source):
        parts = [len(source)] + [0] * (self._protocol.parts - 1)  # the script is the first part
        return self._protocol.run_request.pack(magic=self._protocol.run_request_magic, part_bytes=parts,
                                               memory_bytes=128 << 20, cpu_time_ms=10_000)

    def run(self, script, idle_s=0.0, look=False):
        """One cell for one run. `idle_s`: how long it stays parked. `look`: fills what is read from
        /proc while it is parked, too (tens of milliseconds: it gets its idle pages)."""
        cost = CellCost()
        if look:
            self._cgroup.clear()
        charged_before = self._cgroup.memory_bytes()
        before = self._zygote_use()
        request, reply, out, err = (os.pipe() for _ in range(4))
        groups = self._cgroup.open()
        uid = 1 + self._cells % 60_000
        self._cells += 1
        verbs, frames = self._protocol.verbs, self._protocol.frames
        order = self._protocol.zygote_message.pack(verb=verbs["clone"], cell=self._cells, uid=uid)
        socket.send_fds(self._control, [order],
                        [request[0], reply[1], out[1], err[1], *groups])
        for fd in (request[0], reply[1], out[1], err[1], *groups):
            os.close(fd)
        try:
            verb, message, _, fds = self._receive()
            if verb != verbs["cloned"]:
                raise ZygoteError(f"no clone: {os.strerror(message['sys_errno'])}")
            pid = _pid_of(fds[0])
            kind, payload = _read_frame(reply[0])
            if kind != frames["parked"]:
                raise ZygoteError(f"not parked: {payload!r}")
            if look:
                cost.charged_kb = (self._cgroup.memory_bytes() - charged_before) // 1024
                _look_at(pid, cost)
            time.sleep(idle_s)
            source = script.encode()
            started = time.perf_counter()
            os.write(request[1], self._request(source) + source)
            kind, payload = _read_frame(reply[0])
            cost.answer_us = (time.perf_counter() - started) * 1e6
            if kind not in (frames["value"], frames["failure"]):
                raise ZygoteError(f"an answer of kind {kind}: {payload[:200]!r}")
            trace = _read_to_end(reply[0])
            verb, message, _, exit_fds = self._receive()
            if verb != verbs["exited"]:
                raise ZygoteError(f"message {verb} instead of the exit")
            fds += exit_fds
        finally:
            for fd in (request[1], reply[0], out[0], err[0], *fds):
                os.close(fd)
        after = self._zygote_use()
        cost.zygote_us, cost.zygote_faults = after[0] - before[0], after[1] - before[1]
        cost.cpu_us = message["cpu_time_us"]
        cost.steps = list(_steps(trace, cost.cpu_us))
        cost.faults = sum(step[2] for step in cost.steps)
        return cost


def _pid_of(pidfd):
    for line in Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines():
        if line.startswith("Pid:"):
            return int(line.split()[1])
    raise ZygoteError("a pidfd without a pid")


def _look_at(pid, cost):
    process = Path(f"/proc/{pid}")
    cost.mappings = len((process / "maps").read_text().splitlines())
    sizes = {line.split(":")[0]: line.split()[1]
             for name in ("smaps_rollup", "status")
             for line in (process / name).read_text().splitlines() if line.endswith(" kB")}
    cost.parked_kb = int(sizes["Private_Dirty"])
    cost.page_table_kb = int(sizes["VmPTE"])


def _read_exactly(fd, count):
    data = b""
    while len(data) < count:
        more = os.read(fd, count - len(data))
        if not more:
            raise ZygoteError("the cell's reply ended early")
        data += more
    return data


def _read_frame(fd):
    kind, size = FRAME.unpack(_read_exactly(fd, FRAME.size))
    return kind, _read_exactly(fd, size)


def _read_to_end(fd):
    data = b""
    while more := os.read(fd, 65536):
        data += more
    return data


def _steps(trace, cpu_us):
    """Each step's own share, from the running totals of src/sandbox/step_trace.h; the exit is what
    the kernel's account has beyond the last of them."""
    total_us, total_faults = 0.0, 0
    for line in trace.decode().splitlines():
        name, cpu_ns, faults = line.split("\t")
        yield name, int(cpu_ns) / 1000 - total_us, int(faults) - total_faults
        total_us, total_faults = int(cpu_ns) / 1000, int(faults)
    yield "exit", cpu_us - total_us, 0
