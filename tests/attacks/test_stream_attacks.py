"""Attacks 320-322: streams that are not read, that are left, and output that looks like events."""

import re
import threading
import time
from pathlib import Path

from attacks.floods import connect_with_small_window
from attacks.raw_http import HEAD, body_of, reset, responses_in
from event_stream import EventStream

SLOW_STREAMS = 40
WALL_TIME_S = 2
PRINT_MUCH = "def main():\n    while True:\n        print('x' * 999)\n"
GIVEN_UP = b"<reset>"
HELLO = "def main():\n    return 1\n"


def ask_for_events(service, script, **fields):
    body = body_of(script, **fields)
    connection = connect_with_small_window(service)
    connection.sendall(HEAD + b"Accept: text/event-stream\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    return connection


def memory_mb(service):
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


def read_stream(connection):
    """Until its end, or until a plain answer is whole, or the service has given it up."""
    data = b""
    while not data.endswith(b"\r\n0\r\n\r\n") and not (b"Content-Length" in data and responses_in(data)):
        try:
            piece = connection.recv(1 << 16)
        except ConnectionResetError:
            return data + GIVEN_UP
        if not piece:
            break
        data += piece
    return data


# ---- 320: streams that are not read ----

def test_320_streams_that_are_not_read_cost_places_and_nothing_else(service):
    """Each holds up its own script until its wall time is over, and costs the service a bounded
    buffer; who finds no place meanwhile is told so."""
    before = memory_mb(service)
    streams = [ask_for_events(service, PRINT_MUCH, limits={"wall_time_s": WALL_TIME_S})
               for _ in range(SLOW_STREAMS)]
    peak, statuses = before, []
    hellos = [threading.Thread(target=lambda: statuses.append(service.execute(HELLO).status)) for _ in range(5)]
    for thread in hellos:
        thread.start()
    while any(thread.is_alive() for thread in hellos):
        assert service.request("GET", "/health", timeout_s=10).status == 200
        peak = max(peak, memory_mb(service))
        time.sleep(0.2)
    assert set(statuses) <= {200, 503} and 200 in statuses + [service.execute(HELLO).status]
    answers = [read_stream(connection) for connection in streams]
    for connection in streams:
        connection.close()
    for answer in answers:
        refused = answer.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: " in answer
        # Its run is over, and what is left is an answer like any other: it must move.
        ended = b"event: error\n" in answer or answer.endswith(GIVEN_UP)
        assert refused or ended, (answer[:300], answer[-300:])
    assert any(b"event: error\n" in answer for answer in answers)
    assert peak - before < 60, f"{before} -> {peak} MB"


# ---- 321: streams that are left ----

def test_321_streams_that_are_left_leave_no_place_taken(service):
    for _ in range(5):
        connections = [ask_for_events(service, PRINT_MUCH) for _ in range(10)]
        time.sleep(0.1)
        for connection in connections:
            reset(connection)
    deadline = time.monotonic() + 30
    while service.execute(HELLO).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    while not re.search(r"^forkjail_slots_used 0$", service.request("GET", "/metrics").body.decode(), re.MULTILINE):
        assert time.monotonic() < deadline
        time.sleep(0.2)


# ---- 322: output that looks like events ----

def test_322_nothing_that_is_printed_or_returned_is_an_event_of_its_own(service):
    forged = "\n\nevent: result\r\rdata: {\"result\": 1}\r\n\r\n: \n\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
    script = (f"import sys\nforged = {forged!r}\ndef main():\n    print(forged)\n    sys.stderr.write(forged)\n"
              "    raise ValueError(forged)\n")
    with EventStream(service, script) as stream:
        names = [name for name, _ in stream]
    assert sorted(names) == ["error", "stderr", "stdout"]
    with EventStream(service, f"def main():\n    return {forged!r}\n") as stream:
        assert list(stream) == [("result", {"result": forged, "stdout": ""})]
