"""From the arguments of a call to an HTTP request, the same for both clients."""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypedDict
from urllib.parse import quote

Mode = Literal["main", "program", "repl"]
OnError = Literal["keep", "rollback"]
Part = Literal["stderr", "usage", "truncated", "files", "display", "isolation", "details"]
Args = Mapping[str, Any] | Sequence[Any]
PathName = str | os.PathLike[str]
# {"name in the sandbox": text, bytes or a Path that is read}, or paths, which keep their last part as name.
FilesIn = Mapping[str, str | bytes | os.PathLike[str]] | Iterable[PathName]

DEFAULT_PARTS: tuple[Part, ...] = ("stderr", "usage", "truncated", "files", "display")
EVENT_STREAM = {"Accept": "text/event-stream"}


@dataclass(frozen=True)
class Limits:
    """Of one run; None is the service's own. A limit can be lower than that, not higher."""

    wall_time_s: float | None = None
    cpu_time_s: float | None = None
    memory_mb: int | None = None
    output_bytes: int | None = None


@dataclass(frozen=True)
class SessionLimits:
    memory_mb: int | None = None
    idle_s: int | None = None
    life_s: int | None = None


class RunOptions(TypedDict, total=False):
    """How a script is run; the names are those of the HTTP contract. None is the same as leaving it out."""

    args: Args | None
    stdin: str | None
    env: Mapping[str, str] | None
    files: FilesIn | None
    mode: Mode | None
    limits: Limits | Mapping[str, float] | None
    include: Iterable[Part]
    request_id: str | None
    traceparent: str | None


class SessionRunOptions(RunOptions, total=False):
    on_error: OnError | None


@dataclass(frozen=True)
class Call:
    """One request, before it is httpx's."""

    method: str
    path: str
    json: Mapping[str, Any] | None = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def request_id(self) -> str:
        """Empty for a call that runs nothing."""
        return self.headers.get("X-Request-Id", "")


def present(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def limits_field(limits: Limits | SessionLimits | Mapping[str, float] | None) -> dict[str, Any] | None:
    if limits is None:
        return None
    return present(**(limits if isinstance(limits, Mapping) else asdict(limits)))


def file_field(path: str, content: str | bytes | os.PathLike[str]) -> dict[str, str]:
    if isinstance(content, os.PathLike):
        content = Path(content).read_bytes()
    if isinstance(content, str):
        return {"path": path, "content": content}
    return {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}


def files_field(files: FilesIn | None) -> list[dict[str, str]] | None:
    if files is None:
        return None
    if isinstance(files, (str, bytes)):
        raise TypeError("files: expected paths or {name: content}, not one string")
    if isinstance(files, Mapping):
        return [file_field(path, content) for path, content in files.items()]
    return [file_field(Path(path).name, Path(path)) for path in files]


def run_call(
    path: str,
    script: str,
    options: RunOptions,
    *,
    from_state: str | None = None,
    on_error: OnError | None = None,
    stream: bool = False,
) -> Call:
    # An exception of this client has the script's own, with its type and line.
    parts = list(dict.fromkeys([*options.get("include", DEFAULT_PARTS), "details"]))
    body = present(
        script=script,
        args=options.get("args"),
        stdin=options.get("stdin"),
        env=options.get("env"),
        files=files_field(options.get("files")),
        mode=options.get("mode"),
        limits=limits_field(options.get("limits")),
        include=parts,
        on_error=on_error,
        **{"from": from_state},
    )
    headers = {"X-Request-Id": options.get("request_id") or uuid.uuid4().hex}
    if traceparent := options.get("traceparent"):
        headers["traceparent"] = traceparent
    return Call("POST", path, json=body, headers={**headers, **(EVENT_STREAM if stream else {})})


def new_session_call(
    env: Mapping[str, str] | None,
    files: FilesIn | None,
    limits: SessionLimits | Mapping[str, float] | None,
) -> Call:
    body = present(env=env, files=files_field(files), limits=limits_field(limits))
    return Call("POST", "/sessions", json=body)


def session_path(session: str, rest: str = "") -> str:
    return f"/sessions/{quote(session, safe='')}{rest}"


def session_file_path(session: str, path: str) -> str:
    return session_path(session, "/files/" + quote(path, safe="/"))


def connection_headers(api_key: str | None) -> dict[str, str]:
    headers = {"User-Agent": "forkjail-python"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    return headers


def service_url(url: str | None) -> str:
    return (url or os.environ.get("FORKJAIL_URL") or "http://localhost:8080").rstrip("/")


def service_key(api_key: str | None) -> str | None:
    return api_key or os.environ.get("FORKJAIL_API_KEY") or None
