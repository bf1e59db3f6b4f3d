"""Attacks 147, 148, 152 and 153: clients that are slow, large, many or gone. Each is refused or bounded, and no
other client waits for it. Requests that are malformed: test_http_parsing.py."""

import json
import socket
import threading
import time
from pathlib import Path

import pytest

from attacks.aftermath import settle
from attacks.raw_http import (
    HEAD,
    OK_SCRIPT,
    assert_refused,
    body_of,
    chunked,
    exchange,
    named,
    post,
    receive,
    reset,
    responses_in,
)

SLEEP = "import time\ndef main():\n    time.sleep(20)\n"


def memory_mb(service):
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


# ---- 147: slow ----

def test_147_slow_headers_end_in_408_and_delay_no_other_client(service):
    connections = [service.connect() for _ in range(50)]
    for connection in connections:
        connection.sendall(b"POST /execute HTTP/1.1\r\nHost: x\r\n")
    started = time.monotonic()
    watched = connections[0]
    watched.settimeout(1)
    answer = b""
    while time.monotonic() - started < 20:
        try:
            watched.sendall(b"X-Slow: 1\r\n"[:1])
        except OSError:
            break
        try:
            piece = watched.recv(4096)
            answer += piece
            if not piece or b"\r\n\r\n" in answer:
                break
        except TimeoutError:
            pass
        reply = service.execute(OK_SCRIPT)
        assert reply.result == 1 and reply.elapsed_s < 2
    assert time.monotonic() - started < 19, "one byte a second keeps a connection for ever"
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408"), answer[:200]
    for connection in connections:
        connection.close()


def test_147_slow_body_ends_in_408(service):
    """It does not come at the least pace, long before a body's 60 s."""
    connection = service.connect()
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n{")
    started = time.monotonic()
    answers = receive(connection, timeout_s=50)
    assert time.monotonic() - started < 30
    assert_refused(answers, 408)


def test_147_many_slow_bodies_leave_room_for_others(service):
    connections = [service.connect() for _ in range(100)]
    for connection in connections:
        connection.sendall(HEAD + b"Content-Length: 10000000\r\n\r\n" + b"x" * 1000)
    before = memory_mb(service)
    for _ in range(20):
        reply = service.execute(OK_SCRIPT)
        assert reply.result == 1 and reply.elapsed_s < 2
    assert memory_mb(service) - before < 100, "a claimed length was allocated"
    for connection in connections:
        reset(connection)


def test_147_idle_connections_do_not_shut_others_out(service):
    connections = []
    try:
        for _ in range(1_500):
            connections.append(socket.create_connection(("127.0.0.1", service.port), timeout=5))
    except OSError as error:
        pytest.skip(f"this machine gives a client only {len(connections)} connections: {error}")
    reply = service.execute(OK_SCRIPT)
    assert reply.result == 1
    for connection in connections:
        connection.close()
    del connections[:]
    # Let the service see the ends before descriptors are counted.
    time.sleep(0.3)


# ---- 148: oversized ----

@pytest.mark.parametrize("data, statuses", named([
    ("long url", b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414, 431)),
    ("endless url", b"GET /" + b"a" * 5_000_000, (414, 431, 400)),
    ("long method", b"A" * 100_000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n", (400, 405, 414, 431, 501)),
    ("10,000 headers", b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"".join(
        b"X-%d: y\r\n" % n for n in range(10_000)) + b"\r\n", (431,)),
    ("150 small headers", b"GET /health HTTP/1.1\r\nHost: x\r\n" + b"a: b\r\n" * 150 + b"\r\n",
     (431,)),
    ("one long header", b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
     (431,)),
    ("huge body", HEAD + b"Content-Length: 99999999999\r\n\r\n{", (413,)),
    ("length beyond 64 bits", HEAD + b"Content-Length: 99999999999999999999999999\r\n\r\n{",
     (400, 413)),
    ("chunks beyond the limit", chunked(*[b"x" * 1_000_000] * 12), (413,)),
]))
def test_148_oversized_requests_are_refused(service, data, statuses):
    assert_refused(exchange(service, data), *statuses)


def test_148_big_bodies_at_once_are_bounded(service):
    """60 clients with 9 MB each: some may be turned away, memory stays bounded, others go on."""
    body = body_of(stdin="x" * 9_000_000)
    statuses = []

    def send():
        answers = exchange(service, post(body), timeout_s=40)
        statuses.extend(status for status, _ in answers)

    threads = [threading.Thread(target=send) for _ in range(60)]
    for thread in threads:
        thread.start()
    peak = 0
    while any(thread.is_alive() for thread in threads):
        peak = max(peak, memory_mb(service))
        time.sleep(0.05)
    assert set(statuses) <= {200, 422, 413, 429, 503}, set(statuses)
    assert peak < 1_500, f"{peak} MB"


# ---- 152: pipelines ----

def test_152_a_thousand_pipelined_requests_are_answered_in_order(service):
    """Every tenth is a run, the others are refused by a name that says which one it was."""
    def request(n):
        return post(body_of(f"def main():\n    return {n}\n") if n % 10 == 0
                    else b'{"field_%d": 1}' % n)

    data = b"".join(request(n) for n in range(1_000))
    with service.connect() as connection:
        sender = threading.Thread(target=connection.sendall, args=(data,))
        sender.start()
        answers = receive(connection, 1_000, timeout_s=30)
        sender.join()
    assert len(answers) == 1_000
    for n, (status, body) in enumerate(answers):
        if n % 10 == 0:
            assert (status, json.loads(body)["result"]) == (200, n)
        else:
            assert status == 400 and f"field_{n}" in json.loads(body)["error"], (n, body)


def test_152_a_pipeline_that_reads_no_answer_is_bounded(service):
    """Answers pile up at a client that never reads: the service stops reading, memory stays flat."""
    before = memory_mb(service)
    request = post(body_of("def main():\n    return 'x' * 500_000\n"))
    connection = service.connect()
    connection.settimeout(2)
    sent = 0
    try:
        for _ in range(2_000):
            connection.sendall(request * 10)
            sent += 10
    except TimeoutError:
        pass
    assert service.execute(OK_SCRIPT).result == 1
    assert memory_mb(service) - before < 100, f"after {sent} requests"
    reset(connection)


# ---- 153: clients that leave ----

@pytest.mark.parametrize("how", [socket.socket.close, reset], ids=["close", "reset"])
def test_153_the_run_of_a_gone_client_is_killed(service, how, long):
    count = 500 if long else 25
    pool = settle(service)
    for _ in range(count):
        connection = service.connect()
        connection.sendall(post(body_of(SLEEP)))
        time.sleep(0.01)
        how(connection)
    after = settle(service)  # fails when a 20 s sleep runs on
    assert after["parked"] >= min(pool["parked"], pool["parked_target"])


def test_153_a_half_closed_client_counts_as_gone(service):
    with service.connect() as connection:
        connection.sendall(post(body_of(SLEEP)))
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(10)
        assert connection.recv(1) == b""  # the end, not the 20 s of the sleep
    settle(service)


def test_153_a_client_that_leaves_in_mid_request_costs_nothing(service):
    for data in (b"P", HEAD, HEAD + b"Content-Length: 1000\r\n\r\n", post(body_of())[:-3],
                 chunked(body_of(), end=b"")):
        for _ in range(20):
            connection = service.connect()
            connection.sendall(data)
            reset(connection)
    assert service.execute(OK_SCRIPT).result == 1


def test_153_answers_to_reset_clients_do_not_kill_the_server(service):
    big = post(body_of("def main():\n    return 'x' * 5_000_000\n"))
    for _ in range(10):
        connection = service.connect()
        connection.sendall(big)
        time.sleep(0.05)
        connection.recv(1000)
        reset(connection)
    assert service.execute(OK_SCRIPT).result == 1


def test_answers_are_parsed_as_they_were_sent():
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 400 Bad\r\nContent-Length: 1\r\n\r\nx"
    assert responses_in(data) == [(200, b"{}"), (400, b"x")]
