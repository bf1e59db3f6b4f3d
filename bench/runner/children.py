"""Starting processes and ending them again, by process id, whatever happens."""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
END_S = 8  # a service drains on SIGTERM; after this it is killed

_libc = ctypes.CDLL(None, use_errno=True)
_started = []


def start(command, env, log, cwd):
    """Starts a process that does not outlive this one. Its output goes to the file `log`."""

    def die_with_parent():
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

    with open(log, "ab") as output:
        process = subprocess.Popen(
            command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, preexec_fn=die_with_parent,
        )
    _started.append(process)
    return process


def end(process):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in _started:
        _started.remove(process)


def _orphans():
    """Our children that are not awaited: what a peer left behind becomes ours, as its subreaper."""
    known = {process.pid for process in _started}
    text = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
    return [int(pid) for pid in text.split() if int(pid) not in known]


def _end_orphans():
    deadline = time.monotonic() + END_S
    while time.monotonic() < deadline and (orphans := _orphans()):
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


@contextlib.contextmanager
def ended_at_exit():
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not stop the clean-up
        for process in reversed(_started[:]):
            end(process)
        _end_orphans()
