"""A session: variables, imports and files live from run to run, and every kept state can be gone back to."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .answers import object_of, run_result
from .errors import ScriptError, SessionGone, StateUnknown
from .line import Head, Line, parent_of
from .requests import Call, SessionRunOptions, session_path
from .results import File, Result, SessionInfo, State, file_of, session_of
from .streams import RunStream
from .transport import Transport

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Branch:
    """One line of states of a session. Its runs go on from its own state, whatever other branches do.
    Not for several threads at once: a session runs one script at a time."""

    def __init__(self, transport: Transport, line: Line) -> None:
        self._transport = transport
        self._line = line

    @property
    def id(self) -> str:
        return self._line.session

    @property
    def state(self) -> str:
        """What the next run starts from."""
        return self._line.state

    # ---- runs ----

    def run(self, script: str, **options: Unpack[SessionRunOptions]) -> Result:
        """Mode is `repl` unless `mode` says otherwise: the last expression is the result."""
        call = self._line.run_call(script, options)
        try:
            response = self._transport.send(call)
        except ScriptError as error:
            self._line.after(error.outcome)
            raise
        result = run_result(response.headers, response.content)
        self._line.after(result)
        return result

    def stream(self, script: str, **options: Unpack[SessionRunOptions]) -> RunStream:
        return RunStream(self._transport, self._line.run_call(script, options, stream=True),
                         self._line.after)

    def interrupt(self) -> bool:
        """Ends the run in progress, from another thread; False if there is none."""
        response = self._transport.send(Call("POST", session_path(self.id, "/interrupt")))
        return bool(object_of(response.content).get("interrupted"))

    # ---- states ----

    def branch(self, from_state: str | None = None) -> Branch:
        """Another line that starts from a kept state, this line's own unless another is named."""
        return Branch(self._transport, self._line.branch(from_state))

    def rollback(self, state: str | None = None) -> str:
        """The next run starts from `state`, or else from the state before this one. Returns its name."""
        target = state or parent_of(self.info(), self.state)
        if target is None:
            raise StateUnknown(f"there is no kept state before {self.state}", kind="state_unknown")
        self._line.state = target
        return target

    def info(self) -> SessionInfo:
        return session_of(object_of(self._transport.send(self._line.info_call()).content))

    def states(self) -> Sequence[State]:
        """Those that are kept, the oldest first."""
        return self.info().states

    # ---- files ----

    def upload(self, path: str, content: str | bytes | os.PathLike[str]) -> str:
        """Puts a file into the working directory; returns the new state. A Path is read from here."""
        self._go_here(to_write=True)
        if isinstance(content, os.PathLike):
            content = Path(content).read_bytes()
        body = content.encode() if isinstance(content, str) else content
        answer = object_of(self._transport.send(self._line.file_call("PUT", path, body)).content)
        self._line.moved(answer["state"])
        return self.state

    def download(self, path: str) -> bytes:
        self._go_here()
        return self._transport.send(self._line.file_call("GET", path)).content

    def delete_file(self, path: str) -> None:
        self._go_here(to_write=True)
        self._transport.send(self._line.file_call("DELETE", path))
        self._line.at(self.info())

    def files(self) -> list[File]:
        """A listing, without the contents."""
        self._go_here()
        answer = object_of(self._transport.send(Call("GET", session_path(self.id, "/files"))).content)
        return [file_of(row) for row in answer["files"]]

    def _go_here(self, *, to_write: bool = False) -> None:
        """The service's calls for files act on the head, which another branch may have moved."""
        if not (self._line.can_put() if to_write else self._line.is_at_head()):
            self.run("pass", include=())


class Session(Branch):
    def __init__(self, transport: Transport, info: SessionInfo) -> None:
        super().__init__(transport, Line(info.session, info.head, Head(info.head)))

    def close(self) -> None:
        """Ends the session; one that has ended already is fine."""
        with contextlib.suppress(SessionGone):
            self._transport.send(Call("DELETE", session_path(self.id)))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
