"""Headers beside the answers of /execute: which request it was, why it failed, what was dropped."""

import json
import re

import pytest

OK = "def main():\n    return 1\n"
JSON = {"Content-Type": "application/json"}


def post(service, script, headers=None, **fields):
    return service.request("POST", "/execute", json.dumps({"script": script, **fields}), {**JSON, **(headers or {})})


@pytest.mark.parametrize("own", ["a", "9f.A_b-C", "x" * 128])
def test_the_clients_own_id_comes_back(service, own):
    assert post(service, OK, {"X-Request-Id": own}).headers["X-Request-Id"] == own


@pytest.mark.parametrize("own", [None, "", "a b", "x" * 129, "\u00e9", "a;b"], ids=repr)
def test_any_other_request_gets_a_new_id(service, own):
    headers = {} if own is None else {"X-Request-Id": own.encode("latin-1")}
    ids = {post(service, OK, headers).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3 and all(re.fullmatch(r"[0-9a-f]{32}", each) for each in ids)


def test_every_answer_of_execute_has_one(service):
    answers = [post(service, "def main():\n    return 1 / 0\n"), post(service, ""), post(service, "x" * 200_000),
               service.request("POST", "/execute", b"x", {"Content-Type": "text/plain"}),
               service.request("GET", "/execute")]
    assert [answer.status for answer in answers] == [422, 400, 413, 415, 405]
    assert all(answer.headers["X-Request-Id"] for answer in answers)
    assert "X-Request-Id" not in service.request("GET", "/health").headers


def test_the_id_is_in_the_log(start_service):
    running = start_service("--log-format", "json")
    post(running, OK, {"X-Request-Id": "find-me"})
    post(running, "", {"X-Request-Id": "find-me-too"})
    running.stop()
    lines = [json.loads(line) for line in running.log_text().splitlines()]
    assert {line["request_id"] for line in lines if "request_id" in line} == {"find-me", "find-me-too"}


@pytest.mark.parametrize("script, kind", [
    ("def main(:\n", "syntax"), ("x = 1\n", "no_main"), ("def main():\n    1 / 0\n", "exception"),
    ("def main():\n    return {1}\n", "not_serializable"), ("def main():\n    raise SystemExit(1)\n", "exit"),
])
def test_a_failure_has_its_kind_in_a_header(service, script, kind):
    reply = post(service, script)
    assert reply.status == 422 and reply.headers["Forkjail-Kind"] == kind
    assert set(reply.json) == {"error", "stdout"}


def test_success_has_no_kind(service):
    reply = post(service, OK)
    assert "Forkjail-Kind" not in reply.headers and "Forkjail-Truncated" not in reply.headers


@pytest.mark.parametrize("method, path, body, status, kind", [
    ("POST", "/execute", b"{}", 400, "faulty_request"),
    ("POST", "/execute", b"{", 400, "faulty_request"),
    ("POST", "/execute", json.dumps({"script": "x" * 200_000}).encode(), 413, "too_large"),
    ("GET", "/execute", None, 405, "method_not_allowed"),
    ("GET", "/none", None, 404, "path_unknown"),
    ("GET", "/sessions/x.1", None, 404, "session_unknown"),
])
def test_wrong_request_has_its_kind_in_a_header(service, method, path, body, status, kind):
    reply = service.request(method, path, body=body, headers={"Content-Type": "application/json"} if body else {})
    assert (reply.status, reply.headers["Forkjail-Kind"]) == (status, kind)


def test_body_of_another_type_has_its_kind(service):
    reply = service.request("POST", "/execute", body=b"x", headers={"Content-Type": "text/plain"})
    assert (reply.status, reply.headers["Forkjail-Kind"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("prints, parts", [
    ("print('x' * 100)", "stdout"), ("print('x' * 100, file=sys.stderr)", "stderr"),
    ("print('x' * 100); print('x' * 100, file=sys.stderr)", "stdout, stderr"),
])
def test_dropped_output_is_named(service, prints, parts):
    reply = post(service, f"import sys\ndef main():\n    {prints}\n    return 1\n", limits={"output_bytes": 10})
    assert reply.status == 200 and reply.headers["Forkjail-Truncated"] == parts


def test_two_keys_in_one_request_are_400(service):
    answer = service.raw(b"POST /execute HTTP/1.1\r\nHost: x\r\nX-API-Key: a\r\nX-Api-Key: b\r\n"
                         b"Content-Length: 0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 400 ") and b"send one X-API-Key header" in answer
