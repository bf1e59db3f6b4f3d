"""From an HTTP answer to a result or an exception. One place decides which exception it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from .errors import (
    SCRIPT_ERRORS,
    SESSION_ERRORS,
    AuthError,
    ForkjailError,
    RateLimited,
    RequestError,
    RunLost,
    ScriptError,
    ServiceFault,
    SessionElsewhere,
    SessionError,
    Unavailable,
)
from .results import Json, Outcome, Result, parts_of, result_of

Headers = Mapping[str, str]

# "limits.wall_time_s: at most 30, got 99", "files[3].path: must be relative ...".
FIELD = re.compile(r"([a-z_]+(?:\[\d+\])?(?:\.[a-z_]+)*): ")
UNKNOWN_FIELD = re.compile(r'(?:([a-z_.\[\]\d]+): )?unknown field "([^"]*)"')

# The kinds of answers that say that nothing ran (docs/errors.md). Any other 503, such as that of a
# proxy, or of a run that the service lost, is not repeated.
NOTHING_RAN = frozenset({
    "queue_full", "queue_timeout", "not_ready", "shutting_down", "cell_lost", "large_bodies", "connections",
    "sessions_full", "session_busy",
})


def object_of(body: bytes) -> Json:
    """The JSON object of an answer; empty where it is something else, as from a proxy."""
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def retry_after_of(headers: Headers) -> float | None:
    """Seconds; the form with a date is not used by the service, and counts as absent."""
    text = headers.get("retry-after", "")
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d+)?", text) else None


def kind_of(headers: Headers, answer: Json) -> str:
    return str(headers.get("forkjail-kind") or answer.get("kind") or "")


def nothing_ran(status: int, kind: str) -> bool:
    """The request had no effect, so that it can be sent again."""
    return status == 429 or (status in (409, 503) and kind in NOTHING_RAN)


def field_of(message: str) -> str:
    if unknown := UNKNOWN_FIELD.match(message):
        return ".".join(part for part in unknown.groups() if part)
    match = FIELD.match(message)
    return match.group(1) if match else ""


def script_error(answer: Json, request_id: str, status: int = 422, kind: str = "") -> ScriptError:
    outcome = Outcome(**parts_of(answer, request_id))
    kind = kind or (outcome.details.kind if outcome.details else "")
    return SCRIPT_ERRORS.get(kind, ScriptError)(answer["error"], outcome, status=status, kind=kind)


def error_of(status: int, headers: Headers, body: bytes) -> ForkjailError:
    """Of an answer that is not a success."""
    answer = object_of(body)
    request_id = headers.get("x-request-id", "")
    message = answer.get("error")
    if not isinstance(message, str):
        message, answer = f"HTTP status {status}: {body[:200].decode(errors='replace')}", {}
    kind = kind_of(headers, answer)
    common: dict[str, Any] = {"status": status, "kind": kind, "request_id": request_id}
    if status == 422 and answer:
        return script_error(answer, request_id, status, kind)
    if status in (404, 409, 421) and kind not in ("", "path_unknown"):
        session_error = SESSION_ERRORS.get(kind, SessionError)(message, **common)
        if isinstance(session_error, SessionElsewhere):
            session_error.instance = headers.get("forkjail-instance", "")
        return session_error
    if status in (401, 403):
        return AuthError(message, **common)
    if status == 429:
        limited = RateLimited(message, **common)
        limited.retry_after = retry_after_of(headers) or 0.0
        return limited
    if status == 503 and nothing_ran(status, kind):
        unavailable = Unavailable(message, **common)
        unavailable.retry_after = retry_after_of(headers) or 0.0
        return unavailable
    if status >= 500:
        return RunLost(message, **common)
    if status >= 400:
        wrong = RequestError(message, **common)
        wrong.field = field_of(message)
        return wrong
    return ServiceFault(message, **common)


def run_result(headers: Headers, body: bytes) -> Result:
    """Of the plain answer to a run with status 200."""
    answer = object_of(body)
    if "result" not in answer:
        raise ServiceFault(f"not the answer of a run: {body[:200]!r}", status=200)
    return decoded(answer, headers.get("x-request-id", ""))


def decoded(answer: Json, request_id: str) -> Result:
    try:
        return result_of(answer, request_id)
    except (KeyError, TypeError, AttributeError) as error:
        raise ServiceFault(f"the answer has another form than expected: {error!r}", status=200) from error
