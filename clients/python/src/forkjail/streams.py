"""One run as an iterator of events. Leaving it early closes the connection, which ends the run."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator

import httpx

from .answers import run_result
from .errors import ForkjailError, RunLost, ScriptError
from .events import Event, EventDecoder, Finished, broken, event_of
from .requests import Call
from .results import Outcome, Result
from .transport import AsyncTransport, Transport, connection_failure

OnEnd = Callable[["Outcome | None"], None]  # of the run: its outcome, None where that is not known


def ignore(_: Outcome | None) -> None:
    pass


def is_stream(response: httpx.Response) -> bool:
    return str(response.headers.get("content-type", "")).startswith("text/event-stream")


class _Reader:
    """What both kinds of streams share: from bytes to events, and the report of the end."""

    def __init__(self, on_end: OnEnd) -> None:
        self.result: Result | None = None
        self._on_end = on_end
        self._decoder = EventDecoder()
        self._ended = False

    def take(self, piece: bytes, request_id: str) -> Iterator[Event]:
        for name, data in self._decoder.feed(piece):
            try:
                event = event_of(name, data, request_id)
            except ScriptError as error:
                self.end(error.outcome)
                raise
            if isinstance(event, Finished):
                self.finish(event.result)
            if event is not None:
                yield event

    def finish(self, result: Result) -> None:
        self.result = result
        self.end(result)

    def end(self, outcome: Outcome | None) -> None:
        if not self._ended:
            self._ended = True
            self._on_end(outcome)


class RunStream:
    """for event in client.stream(script): ...

    The request is sent when the iteration begins. Use it in a `with` block if the loop may be left early."""

    def __init__(self, transport: Transport, call: Call, on_end: OnEnd = ignore) -> None:
        self._reader = _Reader(on_end)
        self._events = self._read(transport, call)

    @property
    def result(self) -> Result:
        """The result, once the iteration is over."""
        if self._reader.result is None:
            raise ForkjailError("the run has not ended yet")
        return self._reader.result

    def _read(self, transport: Transport, call: Call) -> Generator[Event, None, None]:
        request_id = call.request_id
        try:
            response = transport.open(call)
            try:
                if not is_stream(response):
                    self._reader.finish(run_result(response.headers, response.read()))
                    yield Finished(self.result)
                    return
                for piece in response.iter_bytes():
                    yield from self._reader.take(piece, request_id)
            finally:
                response.close()
            if self._reader.result is None:
                raise broken(request_id)
        except ScriptError as error:
            self._reader.end(error.outcome)
            raise
        except httpx.TransportError as error:
            raise RunLost(str(connection_failure(error, transport.url, request_id))) from error
        finally:
            self._reader.end(None)

    def __iter__(self) -> Iterator[Event]:
        return self._events

    def __enter__(self) -> RunStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the run, if it goes on."""
        self._events.close()


class AsyncRunStream:
    """async for event in client.stream(script): ..."""

    def __init__(self, transport: AsyncTransport, call: Call, on_end: OnEnd = ignore) -> None:
        self._reader = _Reader(on_end)
        self._events = self._read(transport, call)

    @property
    def result(self) -> Result:
        if self._reader.result is None:
            raise ForkjailError("the run has not ended yet")
        return self._reader.result

    async def _read(self, transport: AsyncTransport, call: Call) -> AsyncGenerator[Event, None]:
        request_id = call.request_id
        try:
            response = await transport.open(call)
            try:
                if not is_stream(response):
                    self._reader.finish(run_result(response.headers, await response.aread()))
                    yield Finished(self.result)
                    return
                async for piece in response.aiter_bytes():
                    for event in self._reader.take(piece, request_id):
                        yield event
            finally:
                await response.aclose()
            if self._reader.result is None:
                raise broken(request_id)
        except ScriptError as error:
            self._reader.end(error.outcome)
            raise
        except httpx.TransportError as error:
            raise RunLost(str(connection_failure(error, transport.url, request_id))) from error
        finally:
            self._reader.end(None)

    def __aiter__(self) -> AsyncIterator[Event]:
        return self._events

    async def __aenter__(self) -> AsyncRunStream:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        await self._events.aclose()
