"""Attacks 280-284: connections that hold what all share. A client that asks and reads as usual is served
meanwhile. The bounds on time are generous, for machines that do much else at once."""

import json
import os
import resource
import subprocess
import threading
import time
from pathlib import Path

import pytest

from attacks.floods import (
    HALF_A_BODY,
    HALF_A_HEADER,
    Flood,
    Watch,
    connect_with_small_window,
)
from attacks.raw_http import HEAD, body_of, chunked, exchange, post, receive, reset, responses_in

CONNECTIONS_MAX = 1_024
WATCHED_S = 4
HONEST_TIME_MAX_S = 3


def memory_mb(service):
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) // 1024


def need_connections(count):
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit < count + 200:
        pytest.skip(f"this machine gives a client only {limit} descriptors")


def assert_served(watch):
    assert not watch.failures, (watch.summary(), watch.failures[:3])
    for name in watch.times:
        assert len(watch.times[name]) >= 2, watch.summary()
        assert watch.median(name) < HONEST_TIME_MAX_S, watch.summary()


# ---- 280: answers that are not read ----

def test_280_answers_that_are_not_read_do_not_pile_up(service):
    """80 answers of 5 MB: more than the common budget. A slow reader is not among the closed."""
    before = memory_mb(service)
    large = post(body_of("def main():\n    return 'x' * 5_000_000\n"))
    silent, answers = [], []

    def read_slowly():
        with connect_with_small_window(service) as connection:
            connection.sendall(large)
            data = b""
            while not responses_in(data) and (piece := connection.recv(200_000)):
                data += piece
                time.sleep(0.02)
            answers.extend(responses_in(data))

    slow = threading.Thread(target=read_slowly)
    slow.start()
    peak = 0
    with Watch(service, pause_s=0.2) as watch:
        for _ in range(80):
            connection = connect_with_small_window(service)
            connection.sendall(large)
            silent.append(connection)
            time.sleep(0.1)
            peak = max(peak, memory_mb(service))
        slow.join(timeout=60)
    for connection in silent:
        reset(connection)
    assert peak - before < 250, f"{before} -> {peak} MB"
    assert answers and answers[0][0] == 200, "a slow reader lost its answer"
    assert_served(watch)


# ---- 281: half-sent requests ----

@pytest.mark.parametrize("data", [
    pytest.param(b"", id="nothing"),
    pytest.param(HALF_A_HEADER, id="half a header"),
    pytest.param(HALF_A_BODY, id="half a body"),
    pytest.param(b"GARBAGE\r\n\r\n", id="refused and lingering"),
])
def test_281_half_sent_requests_leave_room_for_others(service, data):
    need_connections(CONNECTIONS_MAX)
    with Flood(service, CONNECTIONS_MAX, data):
        time.sleep(1.1)
        with Watch(service) as watch:
            time.sleep(WATCHED_S)
    assert_served(watch)


def test_281_half_sent_requests_that_come_back_leave_room_for_others(service):
    """More connections than there are places, each opened anew when it is closed."""
    need_connections(1_500)
    with Flood(service, 1_500, HALF_A_HEADER, again=True), Watch(service) as watch:
        time.sleep(WATCHED_S)
    assert_served(watch)


def test_281_trickling_bytes_buy_no_place(service):
    """A byte now and then, within every time limit."""
    need_connections(CONNECTIONS_MAX)
    with Flood(service, CONNECTIONS_MAX, HALF_A_BODY, trickle_s=0.3):
        time.sleep(1.1)
        with Watch(service) as watch:
            time.sleep(WATCHED_S)
    assert_served(watch)


# ---- 282: bodies that are announced and do not come ----

@pytest.mark.parametrize("announced", [
    pytest.param(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", id="chunked"),
    pytest.param(HEAD + b"Content-Length: 10000000\r\n\r\n{", id="length"),
])
def test_282_an_announced_body_takes_no_room(service, announced):
    body = body_of("def main(text):\n    return len(text)\n", args=["x" * 2_000_000])
    with Flood(service, 60, announced):
        for request in (chunked(body), post(body)):
            (status, answer), = exchange(service, request)
            assert (status, json.loads(answer)["result"]) == (200, 2_000_000)


def test_282_bodies_that_stop_half_way_make_room_for_those_that_come(service):
    """30 bodies of 9.5 MB, but for their end: more than all bodies together may have."""
    body = body_of("def main():\n    return len(input())\n", stdin="x" * 9_000_000)
    stuck = []
    for _ in range(30):
        connection = service.connect()
        connection.sendall(HEAD + b"Content-Length: 9500001\r\n\r\n" + b"x" * 9_500_000)
        stuck.append(connection)
    time.sleep(1.2)
    (status, answer), = exchange(service, post(body))
    assert (status, json.loads(answer)["result"]) == (200, 9_000_000)
    for connection in stuck:
        reset(connection)


# ---- 283: half-sent requests at the end ----

def test_283_half_sent_requests_do_not_hold_up_the_end(start_service):
    service = start_service()
    bodies = [service.connect() for _ in range(5)]
    headers = [service.connect() for _ in range(5)]
    for connection in bodies:
        connection.sendall(HALF_A_BODY)
    for connection in headers:
        connection.sendall(HALF_A_HEADER)
    time.sleep(0.5)
    started = time.monotonic()
    service.terminate()
    told = [receive(connection, timeout_s=20) for connection in bodies]
    assert service.process.wait(timeout=60) == 0
    assert time.monotonic() - started < 15
    assert [answers[0][0] for answers in told if answers] == [503] * 5
    assert all(not receive(connection, timeout_s=5) for connection in headers)


def test_283_an_answer_that_is_not_read_does_not_hold_up_the_end(start_service):
    service = start_service()
    connection = connect_with_small_window(service)
    connection.sendall(post(body_of("def main():\n    return 'x' * 5_000_000\n")))
    time.sleep(1)
    started = time.monotonic()
    service.terminate()
    assert service.process.wait(timeout=60) == 0
    assert time.monotonic() - started < 15
    reset(connection)


# ---- 284: no descriptor left ----

def limit_descriptors(pid, soft):
    """As the user of that process: it may lower the soft limit."""
    status = dict(line.split(":\t", 1) for line in
                  Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    uid, gid = (status[name].split()[0] for name in ("Uid", "Gid"))
    as_owner = ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"]
    subprocess.run([*(as_owner if int(uid) != os.geteuid() else []),
                    "prlimit", "--pid", str(pid), f"--nofile={soft}:"], check=True)


def test_284_silent_connections_that_took_the_last_descriptor_give_way(start_service):
    service = start_service()
    pid = service.process.pid
    limit_descriptors(pid, len(os.listdir(f"/proc/{pid}/fd")) + 40)
    with Flood(service, 100, b""):
        time.sleep(1.2)
        asked = 0
        until = time.monotonic() + WATCHED_S
        while time.monotonic() < until:
            assert service.request("GET", "/health", timeout_s=10).status == 200
            asked += 1
        assert asked >= 5
    assert service.process.poll() is None, service.log_text()[-3_000:]
    lines = [line for line in service.log_text().splitlines() if " accept: " in line]
    assert 1 <= len(lines) <= 2 * (WATCHED_S + 3), lines[:30]
