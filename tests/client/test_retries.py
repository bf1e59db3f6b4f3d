"""What is sent again, and what never is: answers that a real service gives rarely, from a transport of ours."""

import asyncio
import json
import re
from pathlib import Path

import httpx
import pytest

import forkjail
from forkjail import AsyncForkjail, Forkjail, RetryPolicy
from forkjail import answers

ROOT = Path(__file__).resolve().parent.parent.parent
FAST = RetryPolicy(attempts=3, pause_s=0.001)
SUCCESS = httpx.Response(200, json={"result": 1, "stdout": ""})


def refusal(status, error, retry_after="0", kind=""):
    return httpx.Response(status, json={"error": error, "stdout": ""},
                          headers={"Retry-After": retry_after, **({"Forkjail-Kind": kind} if kind else {})})


def fixed(responses):
    """A transport that gives these in turn, and how many were asked for."""
    requests = []

    def handle(request):
        requests.append(request)
        answer = responses[min(len(requests), len(responses)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, content=answer.content, headers=answer.headers)

    return httpx.MockTransport(handle), requests


def execute(responses, retries=FAST, **options):
    transport, requests = fixed(responses)
    with Forkjail("http://service", transport=transport, retries=retries, **options) as client:
        try:
            return client.execute("def main(): pass"), requests
        except forkjail.ForkjailError as error:
            return error, requests


REPEATED = [
    refusal(503, "the queue is full (128 requests are waiting); send the request again later", kind="queue_full"),
    refusal(503, "not ready: the first cell is not there yet", kind="not_ready"),
    refusal(503, "the service is shutting down", kind="shutting_down"),
    refusal(429, "too many requests"),
    refusal(409, "too many requests wait for this session", kind="session_busy"),
    httpx.ConnectError("refused"),
    httpx.ConnectTimeout("no answer"),
]
NEVER_REPEATED = [
    refusal(503, "the service lost this run: it ran out of memory; send the request again", kind="run_lost"),
    refusal(503, "the service is shutting down; send the request again", kind="run_lost"),
    refusal(503, "the queue is full"),  # of another service
    httpx.Response(503, text="no upstream", headers={"Retry-After": "0"}),
    httpx.Response(502, text="bad gateway"),
    refusal(500, "the service lost this run: its zygote was lost", kind="run_lost"),
    httpx.ReadError("reset"),
    httpx.ReadTimeout("silence"),
    httpx.WriteError("broken pipe"),
    httpx.RemoteProtocolError("closed without an answer"),
]


@pytest.mark.parametrize("first", REPEATED, ids=str)
def test_request_of_which_nothing_ran_is_sent_again(first):
    result, requests = execute([first, SUCCESS])
    assert result.result == 1
    assert len(requests) == 2
    assert len({request.headers["x-request-id"] for request in requests}) == 1


@pytest.mark.parametrize("first", NEVER_REPEATED, ids=str)
def test_run_that_may_have_begun_is_not_sent_again(first):
    error, requests = execute([first, SUCCESS])
    assert type(error) is forkjail.RunLost
    assert len(requests) == 1


@pytest.mark.parametrize("first", [REPEATED[0], NEVER_REPEATED[0]], ids=["repeated", "not"])
def test_async_follows_the_same_rule(first):
    transport, requests = fixed([first, SUCCESS])

    async def use():
        async with AsyncForkjail("http://service", transport=transport, retries=FAST) as client:
            return await client.execute("def main(): pass")

    if first in REPEATED:
        assert asyncio.run(use()).result == 1
    else:
        with pytest.raises(forkjail.RunLost):
            asyncio.run(use())
    assert len(requests) == (2 if first in REPEATED else 1)


def test_attempts_end():
    error, requests = execute([REPEATED[0]])
    assert isinstance(error, forkjail.Unavailable)
    assert len(requests) == FAST.attempts


def test_rate_limit_has_its_time():
    error, requests = execute([refusal(429, "slow down", "7")], RetryPolicy(pause_max_s=5))
    assert (type(error), error.retry_after, len(requests)) == (forkjail.RateLimited, 7.0, 1)


def test_retry_after_is_waited_for_in_full(monkeypatch):
    pauses = []
    monkeypatch.setattr("time.sleep", pauses.append)
    execute([refusal(429, "slow down", "3"), SUCCESS])
    assert len(pauses) == 1
    assert 3 < pauses[0] < 3.01


def test_pauses_grow_up_to_their_bound():
    policy = RetryPolicy(attempts=20, pause_s=1, pause_max_s=4)
    assert [1 <= policy.pause(1, None) * 2 <= 2, policy.pause(10, None) <= 4, policy.pause(20, None)] == [
        True, True, None]


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_key_is_an_auth_error(status):
    error, requests = execute([refusal(status, "no such key")])
    assert (type(error), error.status, len(requests)) == (forkjail.AuthError, status, 1)


def test_key_is_sent_as_bearer_and_is_in_no_message(monkeypatch):
    monkeypatch.setenv("FORKJAIL_API_KEY", "from-environment")
    error, requests = execute([httpx.ConnectError("refused")], api_key="secret-key")
    assert requests[0].headers["authorization"] == "Bearer secret-key"
    assert "secret-key" not in repr(error) + str(error)
    _, requests = execute([SUCCESS])
    assert requests[0].headers["authorization"] == "Bearer from-environment"


def test_trace_is_sent():
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    transport, requests = fixed([SUCCESS])
    with Forkjail("http://service", transport=transport) as client:
        client.execute("def main(): pass", traceparent=trace)
    assert requests[0].headers["traceparent"] == trace


def test_other_instance_is_named():
    answer = httpx.Response(421, json={"error": "elsewhere", "kind": "session_elsewhere"},
                            headers={"Forkjail-Instance": "host-2", "Forkjail-Kind": "session_elsewhere"})
    error, _ = execute([answer])
    assert (type(error), error.instance) == (forkjail.SessionElsewhere, "host-2")


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b'{"result": 1, "files": [{"path": 1}]}', b'{"stdout": ""}',
                                  b'{"result": 1, "files": [{"path": "a", "size": 1, "media_type": "", '
                                  b'"content_base64": "?"}]}'])
def test_answer_of_another_form_is_a_fault_of_the_service(body):
    error, _ = execute([httpx.Response(200, content=body)])
    assert isinstance(error, forkjail.ServiceFault)


def test_stream_without_a_last_event_is_broken():
    answer = httpx.Response(200, content=b'event: stdout\ndata: {"text":"a"}\n\n',
                            headers={"content-type": "text/event-stream"})
    transport, requests = fixed([answer, SUCCESS])
    with Forkjail("http://service", transport=transport) as client, pytest.raises(forkjail.StreamBroken):
        list(client.stream("x"))
    assert len(requests) == 1


def test_stream_whose_run_was_lost():
    lost = json.dumps({"error": "the service lost this run: its zygote was lost", "stdout": "", "kind": "run_lost"})
    answer = httpx.Response(200, text=f"event: error\ndata: {lost}\n\n", headers={"content-type": "text/event-stream"})
    with Forkjail("http://service", transport=fixed([answer])[0]) as client, pytest.raises(forkjail.RunLost):
        list(client.stream("x"))


def test_kinds_that_say_that_nothing_ran_are_those_of_the_service():
    refusals = (ROOT / "src/server/admission/refusal.h").read_text()
    named = set(re.findall(r'RefusalRow\{Refusal::\w+, "(\w+)"\}', refusals))
    assert named - {"given_up"} == answers.NOTHING_RAN - {"session_busy"}
