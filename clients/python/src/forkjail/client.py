"""The client: one connection pool to one service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from .answers import object_of, run_result
from .line import info_call
from .requests import Call, FilesIn, RunOptions, SessionLimits, new_session_call, run_call
from .results import Result, SessionInfo, session_of
from .retries import RetryPolicy
from .session import Session
from .streams import RunStream
from .transport import Transport

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Forkjail:
    """`url` and `api_key` default to the environment's FORKJAIL_URL and FORKJAIL_API_KEY. `timeout_s` is how
    long to wait for the next bytes: longer than any run may take. Threads can share a client."""

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        timeout_s: float = 120.0,
        retries: RetryPolicy = RetryPolicy(),  # noqa: B008 - it is immutable
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._transport = Transport(url, api_key, timeout_s, retries, headers, transport)
        self.url = self._transport.url

    def execute(self, script: str, **options: Unpack[RunOptions]) -> Result:
        """Runs a script and waits for its end. Raises a ScriptError if the script is at fault."""
        response = self._transport.send(run_call("/execute", script, options))
        return run_result(response.headers, response.content)

    def stream(self, script: str, **options: Unpack[RunOptions]) -> RunStream:
        """Runs a script; the iterator gives what it prints and shows while it runs."""
        return RunStream(self._transport, run_call("/execute", script, options, stream=True))

    def session(
        self,
        *,
        env: Mapping[str, str] | None = None,
        files: FilesIn | None = None,
        limits: SessionLimits | Mapping[str, float] | None = None,
    ) -> Session:
        """A new session. As a context manager it is ended at the end of the block."""
        answer = self._transport.send(new_session_call(env, files, limits)).content
        return Session(self._transport, session_of(object_of(answer)))

    def attach(self, session: str) -> Session:
        """A session that exists already, at its newest state."""
        answer = self._transport.send(info_call(session)).content
        return Session(self._transport, session_of(object_of(answer)))

    def sessions(self) -> list[SessionInfo]:
        """Those of this key; without keys the service lists none."""
        answer = object_of(self._transport.send(Call("GET", "/sessions")).content)
        return [session_of(row) for row in answer["sessions"]]

    def info(self) -> Mapping[str, Any]:
        """Versions, packages, limits and the isolation in force."""
        return object_of(self._transport.send(Call("GET", "/info")).content)

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Forkjail:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
