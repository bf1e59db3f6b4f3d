"""What comes back, as dataclasses: of a run, and of a session."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from .errors import ServiceFault

Json = Mapping[str, Any]
Folder = str | Path

# In the order in which a reader prefers them: mime type and the ending of a file that holds it.
FIGURES = (("image/png", ".png"), ("image/svg+xml", ".svg"), ("image/jpeg", ".jpg"))


SHOWN_MAX = 60  # characters of a value, in a repr()


@dataclass(frozen=True)
class Usage:
    wall_ms: float
    cpu_ms: float
    queue_ms: float
    memory_peak_mb: float | None


@dataclass(frozen=True)
class Details:
    """Of a failure."""

    kind: str
    type: str
    message: str
    line: int | None
    traceback: str
    syscall: str


@dataclass(frozen=True)
class File:
    """A file of the working directory. `content` is None where only its name was sent: it was too large,
    or is one of a listing."""

    path: str
    size: int
    media_type: str
    content: bytes | None = None

    @property
    def text(self) -> str:
        return self.bytes.decode()

    @property
    def bytes(self) -> bytes:
        if self.content is None:
            raise ValueError(f"{self.path} came without its content")
        return self.content

    def save(self, folder: Folder) -> Path:
        """Writes it below `folder`; a path that would lead out of it is refused."""
        target = path_below(Path(folder), self.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(self.bytes)
        return target


@dataclass(frozen=True)
class Display:
    """One mime bundle, as Jupyter defines it: {"text/plain": ..., "image/png": base64, ...}."""

    bundle: Json

    def __repr__(self) -> str:
        # A figure is 100 KB of base64: each value is shown by its start.
        shown = (f"{kind!r}: {text if len(text := repr(value)) <= SHOWN_MAX else text[:SHOWN_MAX] + '...'}"
                 for kind, value in self.bundle.items())
        return "Display(bundle={" + ", ".join(shown) + "})"

    def __getitem__(self, mime_type: str) -> Any:
        return self.bundle[mime_type]

    @property
    def text(self) -> str:
        return str(self.bundle.get("text/plain", ""))

    @property
    def png(self) -> bytes | None:
        data = self.bundle.get("image/png")
        return base64.b64decode(data) if isinstance(data, str) else None

    @property
    def figure_ending(self) -> str:
        """Of the file that save() writes; empty if there is no picture in it."""
        return next((ending for mime_type, ending in FIGURES if mime_type in self.bundle), "")

    def save(self, path: Folder) -> Path:
        """Writes the picture to `path`, with its ending if it has none."""
        for mime_type, ending in FIGURES:
            if isinstance(data := self.bundle.get(mime_type), str):
                target = Path(path) if Path(path).suffix else Path(f"{path}{ending}")
                target.write_bytes(data.encode() if mime_type == "image/svg+xml" else base64.b64decode(data))
                return target
        raise ValueError("there is no picture in this bundle: " + ", ".join(self.bundle))


@dataclass(frozen=True)
class Outcome:
    """What every run leaves, whether it ended well or not. Parts that were not asked for are empty."""

    stdout: str = ""
    stderr: str = ""
    files: Sequence[File] = ()
    display: Sequence[Display] = ()
    usage: Usage | None = None
    truncated: frozenset[str] = frozenset()
    details: Details | None = None
    isolation: Json = field(default_factory=dict)
    state: str = ""
    request_id: str = ""

    @property
    def figures(self) -> list[Display]:
        return [shown for shown in self.display if shown.figure_ending]

    def file(self, path: str) -> File:
        for file in self.files:
            if file.path == path:
                return file
        raise KeyError(path)

    def save_files(self, folder: Folder) -> list[Path]:
        """All files that came with their content."""
        return [file.save(folder) for file in self.files if file.content is not None]

    def save_figures(self, folder: Folder, name: str = "figure") -> list[Path]:
        """figure-1.png, figure-2.svg, ..."""
        Path(folder).mkdir(parents=True, exist_ok=True)
        return [shown.save(Path(folder) / f"{name}-{at}{shown.figure_ending}")
                for at, shown in enumerate(self.figures, 1)]


@dataclass(frozen=True)
class Result(Outcome):
    """Of a run that ended well; `result` is the value of main(), or of the last expression."""

    result: Any = None


@dataclass(frozen=True)
class State:
    state: str
    parent: str | None
    created_at: datetime


@dataclass(frozen=True)
class SessionInfo:
    session: str
    head: str
    created_at: datetime
    expires_at: datetime
    memory_mb: float
    states: Sequence[State]


def path_below(folder: Path, path: str) -> Path:
    """`folder`/`path`. What a script named its files is not trusted: neither "..", nor an absolute path,
    nor a symbolic link leads out of `folder`."""
    parts = PurePosixPath(path).parts
    unsafe = not parts or ".." in parts or path.startswith("/") or "\\" in path or "\0" in path or ":" in path
    target = folder.joinpath(*parts)
    if unsafe or not target.resolve().is_relative_to(folder.resolve()):
        raise ValueError(f"the path of a file leads out of the folder: {path!r}")
    return target


def file_of(row: Json) -> File:
    content: bytes | None = None
    try:
        if "content" in row:
            content = row["content"].encode()
        elif "content_base64" in row:
            content = base64.b64decode(row["content_base64"], validate=True)
    except (AttributeError, TypeError, binascii.Error) as error:
        raise ServiceFault(f"a file's content cannot be decoded: {error}") from error
    return File(row["path"], row["size"], row["media_type"], content)


def parts_of(answer: Json, request_id: str) -> dict[str, Any]:
    """The arguments of Outcome."""
    usage, details = answer.get("usage"), answer.get("details")
    return {
        "stdout": answer.get("stdout", ""),
        "stderr": answer.get("stderr", ""),
        "files": tuple(file_of(row) for row in answer.get("files", ())),
        "display": tuple(Display(bundle) for bundle in answer.get("display", ())),
        "usage": usage and Usage(usage["wall_ms"], usage["cpu_ms"], usage["queue_ms"],
                                 usage.get("memory_peak_mb")),
        "truncated": frozenset(part for part, is_cut in answer.get("truncated", {}).items() if is_cut),
        "details": details and Details(details.get("kind") or "", details.get("type") or "",
                                       details.get("message") or "", details.get("line"),
                                       details.get("traceback") or "", details.get("syscall") or ""),
        "isolation": answer.get("isolation", {}),
        "state": answer.get("state", ""),
        "request_id": request_id,
    }


def result_of(answer: Json, request_id: str) -> Result:
    return Result(**parts_of(answer, request_id), result=answer["result"])


def time_of(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def session_of(answer: Json) -> SessionInfo:
    states = tuple(State(row["state"], row["parent"], time_of(row["created_at"]))
                   for row in answer.get("states", ()))
    return SessionInfo(answer["session"], answer.get("head") or answer["state"],
                       time_of(answer["created_at"]), time_of(answer["expires_at"]), answer["memory_mb"],
                       states)
