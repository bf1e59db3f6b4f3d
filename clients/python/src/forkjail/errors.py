"""What can go wrong, as exceptions.

    ForkjailError
    ├── RequestError        the request is wrong; `field` names the part of it, where the service does
    ├── AuthError           no key, or one that the service does not accept
    ├── RateLimited         too many requests for this key; `retry_after` seconds
    ├── SessionError        SessionGone, StateUnknown, FileUnknown, SessionBusy, SessionElsewhere
    ├── Unavailable         the service cannot be reached, or has no room now
    ├── RunLost             the run may have begun, and its end is not known: StreamBroken
    └── ScriptError         the script is at fault; `kind`, `line`, `stdout`, figures and files
        ├── ScriptSyntaxError, NoMain, ScriptException, NotSerializable, ScriptExit
        ├── TimeLimit, MemoryLimit, OutputLimit
        └── RefusedSyscall, Crash, Interrupted
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .results import Outcome


class ForkjailError(Exception):
    """`message` is the service's own line; `status` is 0 where there was no answer."""

    def __init__(self, message: str, *, status: int = 0, kind: str = "", request_id: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.request_id = request_id


class RequestError(ForkjailError):
    """400, 413, 415 and their kin. `field` is the part of the request that is wrong, or empty."""

    field = ""


class AuthError(ForkjailError):
    """401 or 403."""


class RateLimited(ForkjailError):
    """429, after the retries that were allowed. `retry_after` is in seconds."""

    retry_after = 0.0


class Unavailable(ForkjailError):
    """503, or no connection. Nothing of the request ran, so it can be sent again."""

    retry_after = 0.0


class RunLost(ForkjailError):
    """The connection broke, or the service lost the run. The script may have run, in part or whole,
    so the client does not repeat it; whether to do so depends on what the script does."""


class StreamBroken(RunLost):
    """A stream that ended without its last event."""


class ServiceFault(ForkjailError):
    """An answer that the service should never give."""


class SessionError(ForkjailError):
    """A request to a session that could not be served."""


class SessionGone(SessionError):
    """The session is unknown, expired, evicted or lost; `kind` says which."""


class StateUnknown(SessionError):
    """The state is not kept (any more)."""


class FileUnknown(SessionError):
    """There is no such file in the session."""


class SessionBusy(SessionError):
    """Too many requests wait for this session; nothing ran."""


class SessionElsewhere(SessionError):
    """Another instance of the service has the session; `instance` is its name."""

    instance = ""


class ScriptError(ForkjailError):
    """The script is at fault. `outcome` has what it printed, drew and left until then."""

    def __init__(self, message: str, outcome: Outcome, *, status: int = 422, kind: str = "") -> None:
        super().__init__(message, status=status, kind=kind, request_id=outcome.request_id)
        self.outcome = outcome
        details = outcome.details
        self.type = details.type if details else ""
        self.line = details.line if details else None
        self.traceback = details.traceback if details else ""
        self.syscall = details.syscall if details else ""

    @property
    def stdout(self) -> str:
        return self.outcome.stdout

    @property
    def stderr(self) -> str:
        return self.outcome.stderr

    @property
    def state(self) -> str:
        """Where the session is after this run; empty outside of a session."""
        return self.outcome.state


class ScriptSyntaxError(ScriptError):
    """The script does not compile."""


class NoMain(ScriptError):
    """The script defines no main()."""


class ScriptException(ScriptError):
    """The script raised; `type` is the name of the exception's class."""


class NotSerializable(ScriptError):
    """main() returned a value that JSON cannot hold."""


class ScriptExit(ScriptError):
    """The script exited before it returned."""


class TimeLimit(ScriptError):
    """`kind` is wall_time or cpu_time."""


class MemoryLimit(ScriptError):
    """The run needed more memory than it may have."""


class OutputLimit(ScriptError):
    """The value of main() is too large."""


class RefusedSyscall(ScriptError):
    """The script was killed for a system call; `syscall` names it."""


class Crash(ScriptError):
    """The process of the script died, as by a fault in native code."""


class Interrupted(ScriptError):
    """Session.interrupt() ended the run."""


SCRIPT_ERRORS: dict[str, type[ScriptError]] = {
    "syntax": ScriptSyntaxError,
    "no_main": NoMain,
    "exception": ScriptException,
    "not_serializable": NotSerializable,
    "exit": ScriptExit,
    "wall_time": TimeLimit,
    "cpu_time": TimeLimit,
    "memory": MemoryLimit,
    "output": OutputLimit,
    "syscall": RefusedSyscall,
    "crash": Crash,
    "interrupt": Interrupted,
}

SESSION_ERRORS: dict[str, type[SessionError]] = {
    "session_unknown": SessionGone,
    "session_expired": SessionGone,
    "session_evicted": SessionGone,
    "session_lost": SessionGone,
    "state_unknown": StateUnknown,
    "state_lost": StateUnknown,
    "file_unknown": FileUnknown,
    "session_busy": SessionBusy,
    "session_elsewhere": SessionElsewhere,
}
