"""The events of a stream, and their decoder: Server-Sent Events as the service sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .answers import decoded, script_error
from .errors import SCRIPT_ERRORS, RunLost, ServiceFault, StreamBroken
from .results import Display, Json, Result

# The largest answer is bounded by the service; this bounds what a client keeps of one that is not bounded.
LINE_BYTES_MAX = 128 * 2**20


@dataclass(frozen=True)
class Stdout:
    text: str


@dataclass(frozen=True)
class Stderr:
    text: str


@dataclass(frozen=True)
class Shown:
    """What the script showed: a figure, a table."""

    display: Display


@dataclass(frozen=True)
class Finished:
    """The last event of a run that ended well; a failure is raised as its ScriptError."""

    result: Result


Event = Stdout | Stderr | Shown | Finished


class EventDecoder:
    """From pieces of bytes to (name, data). Lines end at \\n alone: JSON holds U+2028 and others unescaped,
    at which str.splitlines() would cut."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._name = ""
        self._data: list[bytes] = []

    def feed(self, piece: bytes) -> Iterator[tuple[str, Json]]:
        searched = len(self._rest)
        self._rest += piece
        start = 0
        while (end := self._rest.find(b"\n", max(start, searched))) >= 0:
            line = bytes(self._rest[start:end]).removesuffix(b"\r")
            start = end + 1
            if (event := self._take(line)) is not None:
                yield event
        del self._rest[:start]
        if len(self._rest) > LINE_BYTES_MAX:
            raise ServiceFault("a line of the stream is too long")

    def _take(self, line: bytes) -> tuple[str, Json] | None:
        if line:
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"event":
                self._name = value.decode()
            elif name == b"data":
                self._data.append(value)
            return None
        event, data = self._name, b"\n".join(self._data)
        self._name, self._data = "", []
        return (event, object_in(data)) if event and data else None


def object_in(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise ServiceFault(f"an event's data is not JSON: {data[:200]!r}") from error
    if not isinstance(value, dict):
        raise ServiceFault(f"an event's data is not an object: {data[:200]!r}")
    return value


def event_of(name: str, data: Json, request_id: str) -> Event | None:
    """None for an event that this client does not know. Raises the failure that an `error` holds."""
    if name == "stdout":
        return Stdout(str(data.get("text", "")))
    if name == "stderr":
        return Stderr(str(data.get("text", "")))
    if name == "display":
        return Shown(Display(data))
    if name == "result":
        return Finished(decoded(data, request_id))
    if name == "error":
        kind = str(data.get("kind", ""))
        if kind in SCRIPT_ERRORS:
            raise script_error({"error": "the script failed", **data}, request_id, kind=kind)
        raise RunLost(str(data.get("error", "the run was lost")), kind=kind, request_id=request_id)
    return None


def broken(request_id: str) -> StreamBroken:
    return StreamBroken("the stream ended without its last event; its run is lost", request_id=request_id)
