"""Hostile clients of the endpoints below /compat/e2b, without an SDK between."""

import json
import re
import socket
import time

import pytest

BASE = "/compat/e2b"


def ask(service, method, path, value=None, sandbox=None, body=None, **headers):
    if sandbox is not None:
        headers = {"E2b-Sandbox-Id": sandbox["sandboxID"], "X-Access-Token": sandbox["envdAccessToken"], **headers}
    if value is not None:
        body = json.dumps(value).encode()
        headers.setdefault("Content-Type", "application/json")
    return service.request(method, BASE + path, body, headers)


@pytest.fixture
def sandbox(service):
    made = ask(service, "POST", "/v2/sandboxes", {"templateID": "base"})
    assert made.status == 201, made.body
    yield made.json
    ask(service, "DELETE", f"/sandboxes/{made.json['sandboxID']}")


def live_sessions(service):
    text = service.request("GET", "/metrics").body.decode()
    return float(re.search(r"^forkjail_sessions ([\d.]+)$", text, re.MULTILINE)[1])


def lines(reply):
    assert reply.status == 200, reply.body[:2_000]
    return [json.loads(line) for line in reply.body.splitlines()]


def run(service, sandbox, code, **fields):
    return lines(ask(service, "POST", "/execute", {"code": code, **fields}, sandbox))


def test_forged_sandbox_ids(service, sandbox):
    real = sandbox["sandboxID"]
    secret, instance = real[:32], real[33:]
    forged = ["", "debug_sandbox_id", "0" * 32 + "-" + instance, real[:-1], real + "x", real.upper(), secret,
              instance + "." + secret, "../../sessions", "%00", "a" * 4_000, real + "/../x"]
    for name in forged:
        headers = {"E2b-Sandbox-Id": name, "Content-Type": "application/json"}
        reply = ask(service, "POST", "/execute", {"code": "1"}, **headers)
        assert reply.status in (400, 421, 502), (name, reply.status)
        assert ask(service, "DELETE", f"/sandboxes/{name or 'x'}").status in (400, 404, 421), name
    assert run(service, sandbox, "1")[-1] == {"type": "end_of_execution"}


def test_a_wrong_token_says_no_more_than_no_sandbox(service, sandbox):
    unknown = {"sandboxID": "0" * 32 + sandbox["sandboxID"][32:], "envdAccessToken": "0" * 32}
    wrong = {**sandbox, "envdAccessToken": "0" * 32}
    replies = [ask(service, "POST", "/execute", {"code": "1"}, each) for each in (unknown, wrong)]
    assert [each.status for each in replies] == [502, 502]
    assert replies[0].body.replace(unknown["sandboxID"].encode(), b"") == replies[1].body.replace(
        wrong["sandboxID"].encode(), b"")
    for header in ("X-Access-Token", "E2B-Traffic-Access-Token"):
        extra = {header: sandbox["envdAccessToken"][:-1] + "0" * 2}
        assert ask(service, "GET", "/contexts", sandbox=sandbox, **extra).status == 502


def test_a_sandbox_named_twice_is_refused(service, sandbox):
    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall((f"GET {BASE}/contexts HTTP/1.1\r\nHost: a\r\nE2b-Sandbox-Id: {sandbox['sandboxID']}\r\n"
                        "E2b-Sandbox-Id: other\r\nConnection: close\r\n\r\n").encode())
        assert client.makefile("rb").readline().split()[1] == b"400"


def test_a_thousand_contexts(service, sandbox):
    statuses = [ask(service, "POST", "/contexts", {}, sandbox).status for _ in range(1_000)]
    assert statuses.count(200) <= 15 and set(statuses) <= {200, 429, 503}
    assert len(ask(service, "GET", "/contexts", sandbox=sandbox).json) == 1 + statuses.count(200)
    assert service.execute("def main(): return 1").result == 1
    assert ask(service, "DELETE", f"/sandboxes/{sandbox['sandboxID']}").status == 204
    deadline = time.monotonic() + 20
    while live_sessions(service) > 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    assert live_sessions(service) == 0


def test_a_reader_that_stops_reading_slows_its_own_script_alone(service, sandbox):
    body = json.dumps({"code": "while True: print('x' * 10_000)"}).encode()
    head = (f"POST {BASE}/execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            f"E2b-Sandbox-Id: {sandbox['sandboxID']}\r\nX-Access-Token: {sandbox['envdAccessToken']}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        client.connect(("127.0.0.1", service.port))
        client.sendall(head + body)
        assert client.recv(100).startswith(b"HTTP/1.1 200")
        for _ in range(20):
            assert service.execute("def main(): return 1").result == 1
    assert run(service, sandbox, "1")[-1] == {"type": "end_of_execution"}  # the run ended with its client


@pytest.mark.parametrize("bundle", [
    '{"text/plain": "a\\n{\\"type\\": \\"end_of_execution\\"}\\n"}',
    '{"text/plain": "b", "x\\n\\"y": "c"}',
    '{"type": "error", "is_main_result": true, "text": "d"}',
])
def test_no_output_forges_a_line(service, sandbox, bundle):
    told = run(service, sandbox, f"import json\ndisplay(json.loads({bundle!r}), raw=True)\n"
                                 "print('{\"type\": \"error\"}\\n{\"type\": \"end_of_execution\"}')")
    assert [each["type"] for each in told] == ["number_of_executions", "result", "stdout", "end_of_execution"]
    assert told[1]["is_main_result"] is False


@pytest.mark.parametrize("value", [
    [], "text", 1, {"code": 1}, {"code": None}, {}, {"code": "1", "context_id": 5}, {"code": "1", "language": []},
    {"code": "1", "env_vars": []}, {"code": "1", "env_vars": {"A": 1}}, {"code": "1", "env_vars": {"A=B": "1"}},
    {"code": "1", "env_vars": {"A": "\0"}}, {"code": "1", "context_id": "x", "language": "python"},
    {"code": "x" * 200_000},
])
def test_wrong_runs_are_refused_in_one_line(service, sandbox, value):
    reply = ask(service, "POST", "/execute", value, sandbox)
    assert reply.status in (400, 413), reply.body[:500]
    assert reply.headers["Content-Type"].startswith("text/plain") and reply.body.count(b"\n") == 0


@pytest.mark.parametrize("value", [
    [], {"timeout": -1}, {"timeout": "x"}, {"timeout": 1e300}, {"metadata": {"a": 1}}, {"metadata": {"a": "b" * 20_000}},
    {"envVars": {"A": 1}}, {"envVars": {"": "x"}}, {"templateID": 5}, {"templateID": "t" * 1_000},
    {"volumeMounts": [{"name": "a", "path": "/"}]}, {"mcp": {"a": {}}}, {"iam": {"tokens": {}}}, {"autoPause": True},
])
def test_wrong_sandboxes_are_refused(service, value):
    reply = ask(service, "POST", "/v2/sandboxes", value)
    assert reply.status == 400, reply.body
    assert set(reply.json) == {"code", "message"}


@pytest.mark.parametrize("body", [
    b"", b"--", b"--\r\n", b"--b\r\n", b"--b\r\n\r\n", b"--b\r\n\r\n\r\n--b--", b"x" * 100, b"--b" * 100_000,
    b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nno end",
    b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a\"\r\n\r\nx\r\n--b--",
    b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"/etc/passwd\"\r\n\r\nx\r\n--b--",
    b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--",
    b"--b\r\n" + b"A: b\r\n" * 5_000 + b"\r\nx\r\n--b--",
])
def test_wrong_forms_are_refused(service, sandbox, body):
    reply = ask(service, "POST", "/files", sandbox=sandbox, body=body, **{"Content-Type": "multipart/form-data"})
    assert reply.status == 400, (reply.status, reply.body[:500])
    assert ask(service, "POST", "/filesystem.Filesystem/ListDir", {"path": "."}, sandbox).json == {"entries": []}


def test_a_link_is_not_followed(service, sandbox):
    run(service, sandbox, "import os\nos.symlink('/etc/passwd', 'link')\nos.symlink('/', 'root')")
    for path in ("link", "root/etc/passwd"):
        assert ask(service, "GET", f"/files?path={path}", sandbox=sandbox).status in (400, 404, 409), path


def test_kills_and_runs_at_once(service):
    for _ in range(20):
        made = ask(service, "POST", "/sandboxes", {"templateID": "base"}).json
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            body = b'{"code": "import time; time.sleep(5)"}'
            client.sendall((f"POST {BASE}/execute HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                            f"E2b-Sandbox-Id: {made['sandboxID']}\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body)
            ask(service, "POST", "/contexts", {}, made)
            assert ask(service, "DELETE", f"/sandboxes/{made['sandboxID']}").status == 204
    assert service.execute("def main(): return 1").result == 1
