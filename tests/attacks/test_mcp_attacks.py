"""Attacks 330-336: hostile clients of POST /mcp."""

import json
import subprocess
import threading
import time
from pathlib import Path

import pytest
from mcp_messages import META, MODERN, call, legacy, message, modern, post, texts_of
from service import BINARY

STREAMS = 1_000


def memory_mb(service):
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


def still_serves(service):
    assert texts_of(call(service, "run_python", code="6 * 7")) == "42"


# ---- 330: messages that are none ----

@pytest.mark.parametrize("body, code", [
    (b"", -32700), (b"{", -32700), (b"\xff", -32700), (b"\xef\xbb\xbf{}", -32700), (b"nan", -32700),
    (b"[" * 100_000, -32700), (b'{"a":' * 100_000, -32700),
    (b"[]", -32600), (b"1", -32600), (b"{}", -32600), (b"null", -32600),
    (json.dumps([message("ping", id=number) for number in range(1_000)]).encode(), -32600),
])
def test_330_what_is_no_message_is_refused(service, body, code):
    reply = post(service, body)
    assert (reply.status, reply.json["error"]["code"]) == (400, code), reply.body
    still_serves(service)


@pytest.mark.parametrize("id", [None, True, 1.5, 1e300, [], {}, [[1]], "x" * 2_000, 2**70])
def test_330_ids_of_other_types_are_refused(service, id):
    reply = legacy(service, "ping", id=id)
    assert (reply.status, reply.json["error"]["code"]) == (400, -32600) and "id" not in reply.json


@pytest.mark.parametrize("id", [0, -1, 2**63, "", "1", "\u0000", "\U0001F600", 'a"b\n'])
def test_330_an_id_comes_back_as_it_was(service, id):
    assert legacy(service, "ping", id=id).json["id"] == id


# ---- 331: large messages ----

def test_331_ten_megabytes_of_params_cost_no_more_than_their_place(service):
    before = memory_mb(service)
    for params in ({"x": "y" * 9_900_000}, {"x": ["z"] * 2_000_000}, {str(n): n for n in range(600_000)}):
        reply = legacy(service, "ping", params)
        assert reply.status in (200, 413), reply.body[:200]
    assert legacy(service, "ping", {"x": "y" * 11_000_000}).status == 413
    assert memory_mb(service) < before + 200
    still_serves(service)


def test_331_code_and_files_have_their_limits(service):
    assert "code: larger than" in texts_of(call(service, "run_python", code="#" * 5_000_000))
    files = [{"path": f"{number}", "content": ""} for number in range(1_001)]
    assert call(service, "run_python", code="1", files=files)["isError"] is True


# ---- 332: methods and members of any name ----

@pytest.mark.parametrize("method", ["", "tools", "tools/call/", "__proto__", "x" * 100_000, "\u0000", "ping\n"])
def test_332_unknown_methods_are_refused(service, method):
    reply = legacy(service, method)
    assert (reply.status, reply.json["error"]["code"]) == (200, -32601)
    assert len(reply.body) < 200  # what was sent does not come back


@pytest.mark.parametrize("params", [
    {"name": "run_python", "arguments": {"code": ["1"]}}, {"name": "run_python", "arguments": "1"},
    {"name": {}, "arguments": {}}, {"name": "run_python", "arguments": {"code": "1", "session_id": {}}},
    {"name": "run_python", "arguments": {"code": "1", "timeout_s": 1e308 * 10}},
    {"name": "run_python", "arguments": {"code": "1", "files": [[[]]]}},
    {"name": "read_file", "arguments": {"session_id": "a", "path": "../../etc/passwd"}},
    {"name": "run_python", "arguments": {"code": "1"}, "_meta": []},
    {"name": "run_python", "arguments": {"code": "1"}, "_meta": {"progressToken": {}}},
])
def test_332_arguments_of_any_type_are_answered(service, params):
    reply = post(service, json.dumps(message("tools/call", params)).replace("Infinity", "1e400").encode())
    assert reply.status in (200, 400) and ("error" in reply.json or "result" in reply.json)
    still_serves(service)


@pytest.mark.parametrize("uri", ["file:///etc/passwd", "forkjail://sessions/../files/x", "", "x" * 100_000,
                                 "forkjail://sessions/a.0/files/..%2f..%2fetc/passwd"])
def test_332_only_files_of_sessions_are_resources(service, uri):
    reply = legacy(service, "resources/read", {"uri": uri})
    assert reply.json["error"]["code"] == (-32602 if len(uri) > 4096 else -32002), reply.body[:300]
    assert len(reply.body) < 1_000


# ---- 333: pages of other sites ----

@pytest.mark.parametrize("headers", [
    {"Origin": "http://evil.example", "Host": "evil.example"}, {"Origin": "http://evil.example"},
    {"Origin": "null"}, {"Origin": "http://localhost", "Host": "evil.example"}, {"Origin": "x"},
    {"Origin": "http://127.0.0.1.evil.example"}, {"Origin": "http://localhost@evil.example"},
])
def test_333_pages_of_other_sites_run_nothing(service, headers):
    for era in (legacy, modern):
        reply = era(service, "tools/call", {"name": "run_python", "arguments": {"code": "1"}}, headers=headers)
        assert reply.status == 403 and "id" not in reply.json, reply.body
        assert reply.headers["Forkjail-Kind"] == "origin_refused"


def test_333_a_service_with_named_hosts_serves_no_others(start_service):
    running = start_service("--mcp-hosts", "python.example.com,10.0.0.1")
    assert legacy(running, "ping", headers={"Host": "other.example.com"}).status == 403
    assert legacy(running, "ping", headers={"Host": "python.example.com:8080"}).status == 200
    assert legacy(running, "ping", headers={"Host": "x", "Origin": "https://python.example.com"}).status == 403
    page = {"Host": "python.example.com", "Origin": "https://python.example.com"}
    assert legacy(running, "ping", headers=page).status == 200


def test_333_a_service_on_loopback_serves_no_other_names(start_service):
    running = start_service("--address", "127.0.0.1")
    assert legacy(running, "ping", headers={"Host": "evil.example"}).status == 403
    assert legacy(running, "ping", headers={"Host": "localhost:1"}).status == 200


# ---- 334: many streams at once, and streams that are left ----

def test_334_a_thousand_open_streams_are_bounded_and_let_go(service):
    body = json.dumps(message("tools/call", {
        "name": "run_python", "arguments": {"code": "import time\ntime.sleep(5)"},
        "_meta": {**META, "progressToken": 1}})).encode()
    head = (f"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: text/event-stream\r\n"
            f"MCP-Protocol-Version: {MODERN}\r\nMcp-Method: tools/call\r\nMcp-Name: run_python\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()
    before = memory_mb(service)
    connections = []
    try:
        for _ in range(STREAMS):
            connections.append(service.connect())
            connections[-1].sendall(head + body)
        assert service.request("GET", "/health", timeout_s=20).status == 200
        assert memory_mb(service) < before + 200
    finally:
        for connection in connections:
            connection.close()
    deadline = time.monotonic() + 60
    while service.request("GET", "/info").json["pool"]["running"] > 0:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    still_serves(service)


# ---- 335: output that looks like messages ----

def test_335_output_cannot_forge_a_message(service):
    forged = '\n\nevent: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n'
    params = {"name": "run_python", "arguments": {"code": f"print({forged!r})\nimport time\ntime.sleep(1.2)"},
              "_meta": {"progressToken": 1}}
    reply = legacy(service, "tools/call", params, id=1)
    lines = [line for line in reply.body.splitlines() if line.startswith(b"data: ")]
    answers = [json.loads(line[6:]) for line in lines]
    assert [one.get("id") for one in answers if "id" in one] == [1]
    assert texts_of(answers[-1]["result"]) == forged + "\n"


def test_335_a_display_cannot_forge_a_block(service):
    code = ('display({"image/png": "AA==\\",\\"x\\":\\"", "text/plain": "seen"}, raw=True)\n'
            'display({"image/png": "<script>", "text/plain": "too"}, raw=True)')
    result = call(service, "run_python", code=code)
    assert [block["type"] for block in result["content"]] == ["text", "text"]


# ---- 336: the runs of others ----

def test_336_a_key_ends_no_run_of_another(start_service, tmp_path):
    keys, rows = {}, []
    for name in ("alice", "mallory"):
        made = subprocess.run([BINARY, "key", "--name", name], capture_output=True, text=True, check=True)
        keys[name], row = made.stdout.splitlines()
        rows.append(row)
    file = tmp_path / "keys"
    file.write_text("\n".join(rows) + "\n")
    file.chmod(0o600)
    tmp_path.chmod(0o755)
    running = start_service("--keys", str(file), ready=False)
    running.wait_until_ready(warm=False)
    assert legacy(running, "ping").status == 401
    as_ = {name: {"Authorization": f"Bearer {key}"} for name, key in keys.items()}
    replies = []
    run = threading.Thread(target=lambda: replies.append(legacy(
        running, "tools/call", {"name": "run_python", "arguments": {"code": "import time\ntime.sleep(3)\n'whole'"}},
        id=1, headers=as_["alice"])))
    run.start()
    while running.request("GET", "/info", headers=as_["alice"]).json["pool"]["running"] == 0:
        time.sleep(0.02)
    post(running, {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}, as_["mallory"])
    run.join()
    assert texts_of(replies[0].json["result"]) == "'whole'"
    made = legacy(running, "tools/call", {"name": "create_session", "arguments": {}}, headers=as_["alice"])
    session = json.loads(texts_of(made.json["result"]))["session_id"]
    stolen = legacy(running, "tools/call", {"name": "run_python", "arguments": {"code": "1", "session_id": session}},
                    headers=as_["mallory"])
    assert stolen.json["result"]["isError"] is True
