"""POST /execute as Server-Sent Events: what a script prints comes while it runs."""

import json
import socket
import time

import pytest

from attacks.floods import connect_with_small_window
from attacks.raw_http import HEAD, body_of, reset
from event_stream import EVENTS, EventStream, text_of

ACCEPT = b"Accept: text/event-stream\r\n"
PRINT_AND_STAY = "import time\ndef main():\n    print('first')\n    time.sleep(25)\n"
# More than a client that does not read and the service together keep of it.
PRINT_MUCH = """
def main():
    block = "x" * 999 + "\\n"
    while True:
        print(block, end="")
"""


def running(service):
    page = service.request("GET", "/metrics").body.decode()
    lines = dict(line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#"))
    return int(lines["forkjail_slots_used"])


def wait_until_none_runs(service, within_s=8):
    deadline = time.monotonic() + within_s
    while running(service) > 0:
        assert time.monotonic() < deadline, "the run goes on"
        time.sleep(0.05)


def memory_mb(service):
    text = open(f"/proc/{service.process.pid}/status").read()
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


def post_for_events(script, version=b"HTTP/1.1", **fields):
    body = body_of(script, **fields)
    return (HEAD.replace(b"HTTP/1.1", version) + ACCEPT + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def read_all(connection):
    data = b""
    while piece := connection.recv(1 << 16):
        data += piece
    return data


# ---- what comes, and when ----

def test_head_of_a_stream(service):
    with EventStream(service, "def main():\n    return 1\n") as stream:
        assert stream.response.status == 200
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert stream.response.headers["X-Accel-Buffering"] == "no"
        assert stream.response.headers["Cache-Control"] == "no-store"
        assert stream.response.headers["X-Request-Id"]
        assert list(stream) == [("result", {"result": 1, "stdout": ""})]


def test_what_is_printed_comes_while_the_script_runs(service):
    with EventStream(service, PRINT_AND_STAY) as stream:
        assert next(iter(stream)) == ("stdout", {"text": "first\n"})
        assert running(service) == 1
    wait_until_none_runs(service)


def test_both_streams_in_order_and_then_the_plain_answer(service):
    script = ("import sys, time\ndef main():\n    for i in range(3):\n        print(i)\n"
              "        print(-i, file=sys.stderr)\n        time.sleep(0.05)\n    return {'a': [1]}\n")
    with EventStream(service, script) as stream:
        events = list(stream)
    assert [name for name, _ in events if name not in ("stdout", "stderr")] == ["result"]
    assert events[-1] == ("result", service.execute(script).json)
    assert text_of(events, "stdout") == events[-1][1]["stdout"] == "0\n1\n2\n"
    assert text_of(events, "stderr") == "0\n-1\n-2\n"


def test_failure_ends_with_an_error_event(service):
    script = "def main():\n    print('before')\n    return 1 / 0\n"
    with EventStream(service, script, verbose=True) as stream:
        events = list(stream)
    assert [name for name, _ in events] == ["stdout", "error"]
    assert events[-1][1]["error"] == service.execute(script).error
    assert events[-1][1]["kind"] == service.execute(script).headers["Forkjail-Kind"] == "exception"
    assert events[-1][1]["stdout"] == "before\n" and events[-1][1]["details"]["kind"] == "exception"


def test_what_is_refused_before_the_run_is_answered_plainly(service):
    for body, status in (({"script": ""}, 400), ({"script": "x" * 200_000}, 413), ({"scirpt": "x"}, 400)):
        reply = service.request("POST", "/execute", json.dumps(body), {"Content-Type": "application/json", **EVENTS})
        assert reply.status == status and reply.headers["Content-Type"] == "application/json"
        assert reply.error and reply.stdout == ""
    reply = service.request("POST", "/execute", b"{}", {"Content-Type": "text/plain", **EVENTS})
    assert reply.status == 415
    reply = service.request("GET", "/execute", headers=EVENTS)
    assert reply.status == 405


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/event-stream;q=0", "text/plain"])
def test_other_clients_get_the_plain_answer(service, accept):
    body = json.dumps({"script": "def main():\n    return 1\n"})
    reply = service.request("POST", "/execute", body, {"Content-Type": "application/json", "Accept": accept})
    assert reply.json == {"result": 1, "stdout": ""}


def test_what_is_displayed_comes_at_once_and_in_the_last_event_only_if_asked_for(service):
    script = "import time\ndef main():\n    display('shown')\n    time.sleep(25)\n"
    with EventStream(service, script) as stream:
        assert next(iter(stream)) == ("display", {"text/plain": "'shown'"})
        assert running(service) == 1
    wait_until_none_runs(service)
    with EventStream(service, "def main():\n    display(1)\n    return 2\n") as stream:
        assert list(stream) == [("display", {"text/plain": "1"}), ("result", {"result": 2, "stdout": ""})]


def test_a_character_cut_in_two_waits_for_its_rest(service):
    script = ("import os, time\ndef main():\n    for byte in 'a€\\U0001f40d'.encode() + b'\\xff' + b'\\xc3':\n"
              "        os.write(1, bytes([byte]))\n        time.sleep(0.02)\n")
    with EventStream(service, script) as stream:
        events = list(stream)
    assert text_of(events, "stdout") == events[-1][1]["stdout"] == "a€\U0001f40d\ufffd\ufffd"
    assert len(events) > 3


def test_output_beyond_the_limit_is_not_streamed(service):
    script = "def main():\n    print('é' * 1000)\n    return 1\n"
    with EventStream(service, script, limits={"output_bytes": 101}, verbose=True) as stream:
        events = list(stream)
    assert text_of(events, "stdout") == events[-1][1]["stdout"] == "é" * 50
    assert events[-1][1]["truncated"]["stdout"] is True


def test_a_large_value_and_large_output(service):
    script = "def main():\n    print('y' * 500_000)\n    return 'x' * 3_000_000\n"
    with EventStream(service, script) as stream:
        events = list(stream)
    assert text_of(events, "stdout") == "y" * 500_000 + "\n"
    assert events[-1][1]["result"] == "x" * 3_000_000


def test_silence_is_broken_by_a_comment(service):
    with EventStream(service, "import time\ndef main():\n    time.sleep(11)\n    return 1\n") as stream:
        assert [name for name, _ in stream] == ["comment", "result"]


# ---- the connection ----

def test_the_connection_is_kept_for_the_next_request(service):
    script = "def main():\n    print('streamed')\n    return 1\n"
    plain = body_of("def main():\n    return 'plain'\n")
    with service.connect() as connection:
        connection.sendall(post_for_events(script) + HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s"
                           % (len(plain), plain))
        answer = read_all(connection)
    assert answer.count(b"HTTP/1.1 200 OK\r\n") == 2
    streamed, _, rest = answer.partition(b"\r\n0\r\n\r\n")
    assert b"event: result\n" in streamed and b'"result":"plain"' in rest


def test_http_1_0_gets_a_stream_that_ends_with_the_connection(service):
    with service.connect() as connection:
        connection.sendall(post_for_events("def main():\n    print('old')\n    return 1\n", b"HTTP/1.0"))
        head, _, body = read_all(connection).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding" not in head and b"Connection: close" in head
    assert body == (b'event: stdout\ndata: {"text":"old\\n"}\n\n'
                    b'event: result\ndata: {"result":1,"stdout":"old\\n"}\n\n')


@pytest.mark.parametrize("end", [socket.socket.close, reset], ids=["closed", "reset"])
def test_a_client_that_leaves_ends_the_run(service, end):
    connection = service.connect()
    connection.sendall(post_for_events(PRINT_AND_STAY))
    received = b""
    while b"first" not in received:
        received += connection.recv(4096)
    assert running(service) == 1
    end(connection)
    wait_until_none_runs(service)


def test_a_stream_is_ended_in_order_when_the_service_stops(start_service):
    running_service = start_service("--grace-time", "1")
    with EventStream(running_service, PRINT_AND_STAY) as stream:
        events = iter(stream)
        assert next(events)[0] == "stdout"
        running_service.terminate()
        name, data = next(events)
        assert name == "error" and "shutting down" in data["error"]
        assert list(events) == []
    assert running_service.process.wait(timeout=60) == 0


# ---- clients that do not read ----

def test_a_client_that_reads_slowly_slows_its_script_only(service):
    """The script is held up by its writes until its wall time is over; the service keeps little."""
    before = memory_mb(service)
    connection = connect_with_small_window(service)
    connection.sendall(post_for_events(PRINT_MUCH, limits={"wall_time_s": 3, "output_bytes": 1_000_000}))
    assert connection.recv(1) == b"H"
    peak = before
    while running(service) > 0:
        assert service.execute("def main():\n    return 1\n").result == 1
        peak = max(peak, memory_mb(service))
        time.sleep(0.1)
    assert peak - before < 20
    connection.settimeout(30)
    answer = b""
    while not answer.endswith(b"0\r\n\r\n"):
        answer += connection.recv(1 << 16)
    connection.close()
    assert b"event: error\n" in answer and b"wall time limit exceeded" in answer.lower()


def test_a_gigabyte_that_is_dropped_ends_the_run_all_the_same(service):
    with EventStream(service, PRINT_MUCH, limits={"wall_time_s": 30, "output_bytes": 1_000}, verbose=True) as stream:
        events = list(stream)
    assert len(text_of(events, "stdout")) == 1_000
    assert events[-1][0] == "error" and events[-1][1]["details"]["kind"] == "output"
