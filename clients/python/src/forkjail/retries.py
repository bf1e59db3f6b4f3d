"""When a request is sent again, and after what time.

The rule: never a run that may have begun. So only what ended before the service had the request (no
connection), and answers that say that nothing ran: 429, a busy session, some of 503 (answers.nothing_ran)."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx

from .answers import Headers, kind_of, nothing_ran, object_of, retry_after_of

# The connection was never made, so nothing was sent.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True)
class RetryPolicy:
    """`attempts` in all, the first included. Pauses double from `pause_s`, with jitter; a Retry-After is
    waited for in full, unless it is longer than `pause_max_s`: then the error is raised at once."""

    attempts: int = 4
    pause_s: float = 0.1
    pause_max_s: float = 20.0

    def pause(self, attempt: int, retry_after_s: float | None) -> float | None:
        """Before attempt number `attempt` + 1, None if there is none."""
        if attempt >= self.attempts or (retry_after_s or 0) > self.pause_max_s:
            return None
        backoff: float = min(self.pause_s * 2.0 ** (attempt - 1), self.pause_max_s)
        return (retry_after_s or 0) + backoff * random.uniform(0.5, 1)

    def after_error(self, attempt: int, error: httpx.TransportError) -> float | None:
        return self.pause(attempt, None) if isinstance(error, NOT_SENT) else None

    def after_answer(self, attempt: int, status: int, headers: Headers, body: bytes) -> float | None:
        if status not in (409, 429, 503) or not nothing_ran(status, kind_of(headers, object_of(body))):
            return None
        return self.pause(attempt, retry_after_of(headers))


NO_RETRIES = RetryPolicy(attempts=1)
