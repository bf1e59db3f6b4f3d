"""Sends a call, again where the policy allows it; raises what is not a success. Sync and async are twins."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import anyio
import httpx

from .answers import error_of
from .errors import ForkjailError, RunLost, Unavailable
from .requests import Call, connection_headers, service_key, service_url
from .retries import NOT_SENT, RetryPolicy


def connection_failure(error: httpx.TransportError, url: str, request_id: str) -> ForkjailError:
    if isinstance(error, NOT_SENT):
        return Unavailable(f"{url} cannot be reached: {error}", request_id=request_id)
    why = str(error) or type(error).__name__
    return RunLost(f"the connection broke before the answer was complete: {why}", request_id=request_id)


def client_options(
    url: str, api_key: str | None, timeout_s: float, headers: Mapping[str, str] | None
) -> dict[str, Any]:
    return {
        "base_url": url,
        "headers": {**connection_headers(api_key), **(headers or {})},
        "timeout": httpx.Timeout(timeout_s, connect=10.0),
    }


def request_of(http: httpx.Client | httpx.AsyncClient, call: Call) -> httpx.Request:
    return http.build_request(
        call.method, call.path, json=call.json, content=call.content, headers=dict(call.headers)
    )


class Transport:
    def __init__(
        self, url: str | None, api_key: str | None, timeout_s: float, retries: RetryPolicy,
        headers: Mapping[str, str] | None, transport: httpx.BaseTransport | None,
    ) -> None:
        self.url = service_url(url)
        self._retries = retries
        options = client_options(self.url, service_key(api_key), timeout_s, headers)
        self._http = httpx.Client(transport=transport, **options)

    def send(self, call: Call) -> httpx.Response:
        response = self.open(call)
        try:
            response.read()
        except httpx.TransportError as error:
            raise connection_failure(error, self.url, call.request_id) from error
        finally:
            response.close()
        return response

    def open(self, call: Call) -> httpx.Response:
        """A success whose body is still to be read."""
        attempt = 0
        while True:
            attempt += 1
            try:
                response = self._http.send(request_of(self._http, call), stream=True)
                if response.is_success:
                    return response
                try:
                    body = response.read()
                finally:
                    response.close()
                pause = self._retries.after_answer(attempt, response.status_code, response.headers, body)
                failure = error_of(response.status_code, response.headers, body)
                cause: Exception | None = None
            except httpx.TransportError as error:
                pause, cause = self._retries.after_error(attempt, error), error
                failure = connection_failure(error, self.url, call.request_id)
            if pause is None:
                raise failure from cause
            time.sleep(pause)

    def close(self) -> None:
        self._http.close()


class AsyncTransport:
    def __init__(
        self, url: str | None, api_key: str | None, timeout_s: float, retries: RetryPolicy,
        headers: Mapping[str, str] | None, transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self.url = service_url(url)
        self._retries = retries
        options = client_options(self.url, service_key(api_key), timeout_s, headers)
        self._http = httpx.AsyncClient(transport=transport, **options)

    async def send(self, call: Call) -> httpx.Response:
        response = await self.open(call)
        try:
            await response.aread()
        except httpx.TransportError as error:
            raise connection_failure(error, self.url, call.request_id) from error
        finally:
            await response.aclose()
        return response

    async def open(self, call: Call) -> httpx.Response:
        attempt = 0
        while True:
            attempt += 1
            try:
                response = await self._http.send(request_of(self._http, call), stream=True)
                if response.is_success:
                    return response
                try:
                    body = await response.aread()
                finally:
                    await response.aclose()
                pause = self._retries.after_answer(attempt, response.status_code, response.headers, body)
                failure = error_of(response.status_code, response.headers, body)
                cause: Exception | None = None
            except httpx.TransportError as error:
                pause, cause = self._retries.after_error(attempt, error), error
                failure = connection_failure(error, self.url, call.request_id)
            if pause is None:
                raise failure from cause
            await anyio.sleep(pause)

    async def close(self) -> None:
        await self._http.aclose()
