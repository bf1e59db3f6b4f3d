"""POST /mcp by hand: the rules of both eras that a client library keeps for its user."""

import json
import threading
import time

import pytest
from mcp_messages import META, MODERN, call, events_of, legacy, message, modern, post, texts_of


def error_of(reply, status, code, id=1):
    assert (reply.status, reply.json["error"]["code"], reply.json.get("id")) == (status, code, id), reply.body
    assert reply.json["error"]["message"]
    return reply.json["error"]


# ---- both eras ----

@pytest.fixture(params=[legacy, modern], ids=["legacy", "modern"])
def era(request):
    return request.param


def test_a_tool_runs_code(service, era):
    result = call(service, "run_python", era, code="import sys\nprint('out')\nprint('err', file=sys.stderr)\n[1, 2]")
    assert [block["text"] for block in result["content"]] == ["out\n", "stderr:\nerr\n", "[1, 2]"]
    assert result["isError"] is False
    assert result.get("resultType") == (None if era is legacy else "complete")


def test_the_order_of_the_tools_is_always_the_same(service, era):
    first, second = (era(service, "tools/list").json["result"]["tools"] for _ in range(2))
    assert first == second and first[0]["name"] == "run_python"


def test_an_error_of_the_code_is_a_result(service, era):
    result = call(service, "run_python", era, code="def f():\n    return {}['key']\n\nf()")
    assert result["isError"] is True
    text = texts_of(result)
    assert text.startswith("KeyError: 'key' (line 2, in f)")
    assert 'File "script.py", line 4' in text and "harness" not in text


@pytest.mark.parametrize("code, words", [
    ("while True: pass", ["time limit exceeded", "Do less in one call"]),
    ("x = bytearray(10**9)", ["MemoryError", "128 MB"]),
    ("import socket\nsocket.create_connection(('1.1.1.1', 80))", ["network"]),
    ("import requests", ["requests", "numpy"]),
    ("def f(:", ["SyntaxError", "line 1"]),
])
def test_a_limit_is_named_with_the_way_out(service, code, words):
    result = call(service, "run_python", code=code)
    assert result["isError"] is True
    for word in words:
        assert word in texts_of(result), texts_of(result)


def test_nothing_is_said_to_be_nothing(service):
    assert "printed nothing" in texts_of(call(service, "run_python", code="x = 1"))


def test_long_output_keeps_start_and_end(service):
    text = texts_of(call(service, "run_python", code="print('start' + 'x' * 500_000 + 'end')"))
    assert text.startswith("startxxx") and text.endswith("xxxend\n") and "bytes left out" in text
    assert len(text) < 70_000


def test_a_figure_stays_small(service):
    result = call(service, "run_python", code=(
        "import numpy as np, matplotlib.pyplot as plt\n"
        "plt.figure(dpi=200)\nplt.imshow(np.random.rand(400, 400))\nplt.show()"))
    images = [block for block in result["content"] if block["type"] == "image"]
    assert len(images) == 1 and images[0]["mimeType"] == "image/png"
    assert len(images[0]["data"]) * 3 / 4 < 100_000


def test_a_picture_that_was_saved_is_shown_where_it_would_be_lost(service):
    result = call(service, "run_python", code="from PIL import Image\nImage.new('RGB', (2, 2)).save('dot.png')")
    assert [block["type"] for block in result["content"]] == ["text", "image"]
    assert "dot.png (image/png, " in texts_of(result)


def test_wrong_arguments_are_told_to_the_model(service, era):
    result = call(service, "run_python", era, code="1", timeout=5)
    assert result["isError"] is True and "did you mean timeout_s?" in texts_of(result)
    assert call(service, "run_python", era, code="x" * 200_000)["isError"] is True
    assert "must be relative" in texts_of(call(service, "run_python", era, code="1",
                                               files=[{"path": "/etc/x", "content": ""}]))


@pytest.mark.parametrize("code, words", [
    ("input('n? ')", "nothing is there for input() to read: set the values in the code"),
    ("import sys\nsys.argv[1]", "sys.argv has no arguments: set the values in the code"),
    ("import urllib.request as r\nr.urlopen('http://example.com')", "put the data into the code or into a file"),
])
def test_advice_names_no_fields_that_a_tool_has_not(service, code, words):
    text = texts_of(call(service, "run_python", code=code))
    assert words in text and '"stdin"' not in text and '"args"' not in text


def test_a_uri_has_a_longest_form(service, era):
    error = error_of(era(service, "resources/read", {"uri": "forkjail://sessions/" + "x" * 5_000}), 200, -32602)
    assert "4096 bytes" in error["message"]


def test_unknown_tools_are_errors(service, era):
    error_of(era(service, "tools/call", {"name": "rm"}), 200, -32602)
    error_of(era(service, "tools/call", {}), 200, -32602)
    error_of(era(service, "tools/call", {"name": "run_python", "arguments": []}), 200, -32602)


def test_sessions_of_others_do_not_exist(service, era):
    for session in ("x", "../x", "\0"):
        result = call(service, "run_python", era, code="1", session_id=session)
        assert result["isError"] is True and "create_session" in texts_of(result)
    result = call(service, "run_python", era, code="1", from_state="s1")
    assert "session_id is needed too" in texts_of(result)


def test_an_unknown_state_is_told(service):
    session = json.loads(texts_of(call(service, "create_session")))["session_id"]
    text = texts_of(call(service, "run_python", code="1", session_id=session, from_state="s99"))
    assert "from_state" in text and "list_states" in text
    call(service, "end_session", session_id=session)


def test_files_are_put_in_where_a_session_is_made(service):
    made = json.loads(texts_of(call(service, "create_session", files=[{"path": "a.txt", "content": "abc"}])))
    assert set(made) == {"session_id", "state", "expires_at"}
    assert texts_of(call(service, "read_file", session_id=made["session_id"], path="a.txt")) == "abc"
    call(service, "end_session", session_id=made["session_id"])


def test_other_methods_than_post_are_refused(service):
    for method in ("GET", "DELETE", "PUT"):
        reply = service.request(method, "/mcp")
        assert (reply.status, reply.headers["Allow"]) == (405, "POST")


def test_notifications_are_accepted_without_a_body(service):
    reply = post(service, {"jsonrpc": "2.0", "method": "notifications/initialized"})
    assert (reply.status, reply.body) == (202, b"")
    reply = post(service, {"jsonrpc": "2.0", "id": 1, "result": {}})
    assert (reply.status, reply.body) == (202, b"")


def test_progress_comes_on_a_stream(service, era):
    params = {"name": "run_python", "arguments": {"code": "import time\nprint('step')\ntime.sleep(1.5)"},
              "_meta": {**(META if era is modern else {}), "progressToken": "t"}}
    reply = era(service, "tools/call", params, id="r")
    assert reply.headers["Content-Type"] == "text/event-stream"
    assert reply.headers["X-Accel-Buffering"] == "no"
    *told, last = events_of(reply.body)
    assert last["id"] == "r" and texts_of(last["result"]) == "step\n"
    assert len(told) >= 2
    assert all(one["params"]["progressToken"] == "t" and one["params"]["total"] == 30 for one in told)
    assert told[-1]["params"]["message"] == "step"


def test_who_takes_no_stream_gets_a_document(service):
    params = {"name": "run_python", "arguments": {"code": "1"}, "_meta": {"progressToken": 1}}
    reply = legacy(service, "tools/call", params, headers={"Accept": "application/json"})
    assert reply.headers["Content-Type"] == "application/json" and texts_of(reply.json["result"]) == "1"


def test_a_trace_of_the_message_is_in_the_log(start_service):
    running = start_service("--log-format", "json")
    trace = "0af7651916cd43dd8448eb211c80319c"
    legacy(running, "tools/call", {"name": "run_python", "arguments": {"code": "1"},
                                   "_meta": {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}})
    deadline = time.monotonic() + 10  # the line comes behind the answer
    while trace not in running.log_text():
        assert time.monotonic() < deadline, running.log_text()
        time.sleep(0.05)


def test_errors_of_tools_are_counted(start_service):
    running = start_service()
    call(running, "run_python", code="1")
    call(running, "run_python", code="1 / 0")
    metrics = running.request("GET", "/metrics").body.decode()
    assert 'forkjail_mcp_tool_calls_total{tool="run_python",result="ok"} 1' in metrics
    assert 'forkjail_mcp_tool_calls_total{tool="run_python",result="error"} 1' in metrics


def test_without_sessions_there_is_one_tool(start_service):
    running = start_service("--sessions-max", "0")
    (tool,) = legacy(running, "tools/list").json["result"]["tools"]
    assert tool["name"] == "run_python" and set(tool["inputSchema"]["properties"]) == {"code", "files", "timeout_s"}
    assert "resources" not in legacy(running, "initialize",
                                     {"protocolVersion": "2025-11-25"}).json["result"]["capabilities"]
    error_of(legacy(running, "resources/list"), 200, -32601)


# ---- the old era ----

@pytest.mark.parametrize("asked, agreed", [("2025-11-25", "2025-11-25"), ("2024-11-05", "2024-11-05"),
                                           ("2026-07-28", "2025-11-25"), ("x", "2025-11-25")])
def test_initialize_agrees_on_a_version(service, asked, agreed):
    reply = legacy(service, "initialize", {"protocolVersion": asked, "capabilities": {},
                                           "clientInfo": {"name": "t", "version": "1"}})
    assert reply.json["result"]["protocolVersion"] == agreed
    assert reply.json["result"]["serverInfo"]["name"] == "forkjail"
    assert "Mcp-Session-Id" not in reply.headers


def test_ping_is_answered(service):
    assert legacy(service, "ping", id="a").json == {"jsonrpc": "2.0", "id": "a", "result": {}}


def test_an_unknown_version_in_the_header_is_refused(service):
    error = error_of(legacy(service, "ping", headers={"MCP-Protocol-Version": "1999-01-01"}), 400, -32022)
    assert error["data"]["requested"] == "1999-01-01" and MODERN in error["data"]["supported"]


def test_unknown_methods_are_errors(service):
    error_of(legacy(service, "tools/fly"), 200, -32601)
    error_of(legacy(service, "server/discover"), 200, -32601)
    error_of(legacy(service, "prompts/list"), 200, -32601)


def test_a_notification_cancels_a_run(service):
    replies = []
    run = threading.Thread(target=lambda: replies.append(legacy(
        service, "tools/call", {"name": "run_python", "arguments": {"code": "import time\ntime.sleep(25)"}}, id="me")))
    started = time.monotonic()
    run.start()
    while service.request("GET", "/info").json["pool"]["running"] == 0:
        time.sleep(0.02)
    for other in ("you", 7, None, {}, "me"):  # only the last one is right
        post(service, {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": other}})
    run.join()
    error_of(replies[0], 200, -32000, "me")
    assert time.monotonic() - started < 20


# ---- the new era ----

def test_discover_says_what_there_is(service):
    result = modern(service, "server/discover").json["result"]
    assert MODERN in result["supportedVersions"] and set(result["capabilities"]) == {"tools", "resources"}
    assert result["resultType"] == "complete" and result["cacheScope"] == "private" and result["ttlMs"] >= 0
    assert result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"] == "forkjail"


def test_headers_must_say_what_the_body_says(service):
    error_of(modern(service, "tools/list", headers={"Mcp-Method": "tools/call"}), 400, -32020)
    error_of(modern(service, "tools/list", headers={"MCP-Protocol-Version": "2025-11-25"}), 400, -32020)
    call = {"name": "run_python", "arguments": {"code": "1"}}
    error_of(modern(service, "tools/call", call, headers={"Mcp-Name": "end_session"}), 400, -32020)
    encoded = modern(service, "tools/call", call, headers={"Mcp-Name": "=?base64?cnVuX3B5dGhvbg==?="})
    assert texts_of(encoded.json["result"]) == "1"


def test_the_members_of_the_new_era_are_needed(service):
    headers = {"MCP-Protocol-Version": MODERN, "Mcp-Method": "server/discover"}
    error_of(post(service, message("server/discover"), headers), 400, -32602)


def test_methods_of_the_old_era_are_gone(service):
    for method in ("initialize", "ping", "logging/setLevel", "subscriptions/listen"):
        error_of(modern(service, method), 404, -32601)


def test_who_closes_the_stream_ends_the_run(service):
    body = json.dumps(message("tools/call", {"name": "run_python", "arguments": {"code": "import time\ntime.sleep(25)"},
                                             "_meta": {**META, "progressToken": 1}})).encode()
    with service.connect() as connection:
        connection.sendall(b"POST /mcp HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"Accept: text/event-stream\r\nMCP-Protocol-Version: 2026-07-28\r\n"
                           b"Mcp-Method: tools/call\r\nMcp-Name: run_python\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        received = b""
        while b"notifications/progress" not in received:
            received += connection.recv(65_536)
            assert received
    deadline = time.monotonic() + 20
    while service.request("GET", "/info").json["pool"]["running"] > 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
