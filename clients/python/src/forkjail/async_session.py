"""A session for asyncio: session.py's methods, awaited; what they do is described there."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import anyio

from .answers import object_of, run_result
from .errors import ScriptError, SessionGone, StateUnknown
from .line import Head, Line, parent_of
from .requests import Call, SessionRunOptions, session_path
from .results import File, Result, SessionInfo, State, file_of, session_of
from .streams import AsyncRunStream
from .transport import AsyncTransport

if TYPE_CHECKING:
    from typing_extensions import Unpack


class AsyncBranch:
    def __init__(self, transport: AsyncTransport, line: Line) -> None:
        self._transport = transport
        self._line = line

    @property
    def id(self) -> str:
        return self._line.session

    @property
    def state(self) -> str:
        return self._line.state

    # ---- runs ----

    async def run(self, script: str, **options: Unpack[SessionRunOptions]) -> Result:
        call = self._line.run_call(script, options)
        try:
            response = await self._transport.send(call)
        except ScriptError as error:
            self._line.after(error.outcome)
            raise
        result = run_result(response.headers, response.content)
        self._line.after(result)
        return result

    def stream(self, script: str, **options: Unpack[SessionRunOptions]) -> AsyncRunStream:
        return AsyncRunStream(self._transport, self._line.run_call(script, options, stream=True),
                              self._line.after)

    async def interrupt(self) -> bool:
        response = await self._transport.send(Call("POST", session_path(self.id, "/interrupt")))
        return bool(object_of(response.content).get("interrupted"))

    # ---- states ----

    def branch(self, from_state: str | None = None) -> AsyncBranch:
        return AsyncBranch(self._transport, self._line.branch(from_state))

    async def rollback(self, state: str | None = None) -> str:
        target = state or parent_of(await self.info(), self.state)
        if target is None:
            raise StateUnknown(f"there is no kept state before {self.state}", kind="state_unknown")
        self._line.state = target
        return target

    async def info(self) -> SessionInfo:
        return session_of(object_of((await self._transport.send(self._line.info_call())).content))

    async def states(self) -> Sequence[State]:
        return (await self.info()).states

    # ---- files ----

    async def upload(self, path: str, content: str | bytes | os.PathLike[str]) -> str:
        await self._go_here(to_write=True)
        if isinstance(content, os.PathLike):
            content = await anyio.Path(content).read_bytes()
        body = content.encode() if isinstance(content, str) else content
        answer = object_of((await self._transport.send(self._line.file_call("PUT", path, body))).content)
        self._line.moved(answer["state"])
        return self.state

    async def download(self, path: str) -> bytes:
        await self._go_here()
        return (await self._transport.send(self._line.file_call("GET", path))).content

    async def delete_file(self, path: str) -> None:
        await self._go_here(to_write=True)
        await self._transport.send(self._line.file_call("DELETE", path))
        self._line.at(await self.info())

    async def files(self) -> list[File]:
        await self._go_here()
        response = await self._transport.send(Call("GET", session_path(self.id, "/files")))
        return [file_of(row) for row in object_of(response.content)["files"]]

    async def _go_here(self, *, to_write: bool = False) -> None:
        if not (self._line.can_put() if to_write else self._line.is_at_head()):
            await self.run("pass", include=())


class AsyncSession(AsyncBranch):
    def __init__(self, transport: AsyncTransport, info: SessionInfo) -> None:
        super().__init__(transport, Line(info.session, info.head, Head(info.head)))

    async def close(self) -> None:
        with contextlib.suppress(SessionGone):
            await self._transport.send(Call("DELETE", session_path(self.id)))

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
