"""Forkjail for asyncio (and trio): the same methods, awaited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import httpx

from .answers import object_of, run_result
from .async_session import AsyncSession
from .line import info_call
from .requests import Call, FilesIn, RunOptions, SessionLimits, new_session_call, run_call
from .results import Result, SessionInfo, session_of
from .retries import RetryPolicy
from .streams import AsyncRunStream
from .transport import AsyncTransport

if TYPE_CHECKING:
    from typing_extensions import Unpack


class AsyncForkjail:
    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        timeout_s: float = 120.0,
        retries: RetryPolicy = RetryPolicy(),  # noqa: B008 - it is immutable
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._transport = AsyncTransport(url, api_key, timeout_s, retries, headers, transport)
        self.url = self._transport.url

    async def execute(self, script: str, **options: Unpack[RunOptions]) -> Result:
        response = await self._transport.send(run_call("/execute", script, options))
        return run_result(response.headers, response.content)

    def stream(self, script: str, **options: Unpack[RunOptions]) -> AsyncRunStream:
        return AsyncRunStream(self._transport, run_call("/execute", script, options, stream=True))

    async def session(
        self,
        *,
        env: Mapping[str, str] | None = None,
        files: FilesIn | None = None,
        limits: SessionLimits | Mapping[str, float] | None = None,
    ) -> AsyncSession:
        """async with await client.session() as session: ..."""
        answer = (await self._transport.send(new_session_call(env, files, limits))).content
        return AsyncSession(self._transport, session_of(object_of(answer)))

    async def attach(self, session: str) -> AsyncSession:
        answer = (await self._transport.send(info_call(session))).content
        return AsyncSession(self._transport, session_of(object_of(answer)))

    async def sessions(self) -> list[SessionInfo]:
        answer = object_of((await self._transport.send(Call("GET", "/sessions"))).content)
        return [session_of(row) for row in answer["sessions"]]

    async def info(self) -> Mapping[str, Any]:
        return object_of((await self._transport.send(Call("GET", "/info"))).content)

    async def close(self) -> None:
        await self._transport.close()

    async def __aenter__(self) -> AsyncForkjail:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()
