"""Where a session, or a branch of it, is. No I/O: the same for sync and async.

The service has one head for each session, which the newest run moved. A line (the session itself, or a
branch) has a state of its own. A run of the line that is not at the head names the state to start from."""

from __future__ import annotations

from dataclasses import dataclass

from .requests import Call, SessionRunOptions, run_call, session_file_path, session_path
from .results import Outcome, SessionInfo


@dataclass
class Head:
    """Shared by all lines of a session. None: not known, since an answer did not arrive."""

    state: str | None


class Line:
    def __init__(self, session: str, state: str, head: Head) -> None:
        self.session = session
        self.state = state
        self.shared = False
        self._head = head

    def branch(self, from_state: str | None = None) -> Line:
        line = Line(self.session, from_state or self.state, self._head)
        self.shared = line.shared = True
        return line

    def is_at_head(self) -> bool:
        return self.state == self._head.state

    def run_call(self, script: str, options: SessionRunOptions, *, stream: bool = False) -> Call:
        origin = None if self.is_at_head() else self.state
        call = run_call(session_path(self.session, "/execute"), script, options, from_state=origin,
                        on_error=options.get("on_error"), stream=stream)
        self._head.state = None  # until the answer says where it is
        return call

    def after(self, outcome: Outcome | None) -> None:
        """Of a run: a failed one, too, says where the session is now."""
        if outcome is not None and outcome.state:
            self.moved(outcome.state)

    def moved(self, state: str) -> None:
        self.state = self._head.state = state
        self.shared = False

    def can_put(self) -> bool:
        """A file that is put after another one replaces its state, which other lines may still need."""
        return self.is_at_head() and not self.shared

    def at(self, info: SessionInfo) -> None:
        """After a change of a file whose answer names no state."""
        self.moved(info.head)

    def info_call(self) -> Call:
        return info_call(self.session)

    def file_call(self, method: str, path: str, content: bytes | None = None) -> Call:
        return Call(method, session_file_path(self.session, path), content=content)


def info_call(session: str) -> Call:
    return Call("GET", session_path(session))


def parent_of(info: SessionInfo, state: str) -> str | None:
    """The newest kept state before `state`; None if there is none."""
    for row in info.states:
        if row.state == state:
            return row.parent
    return None
