"""Attacks on keys: guesses, headers that two readers could take differently, keys in places where others
would log them. No answer and no line of the log may hold a key, and nobody comes in without one."""

import contextlib
import json
import socket
import subprocess
import time

import pytest
from service import BINARY, Service, assert_nothing_left

BODY = b'{"script": "def main(): return 1"}'
GUESSES = 400  # beyond the burst each waits for its answer


@pytest.fixture(scope="module")
def key():
    made = subprocess.run([BINARY, "key", "--name", "honest"], capture_output=True, text=True, check=True)
    return made.stdout.splitlines()


@pytest.fixture(scope="module")
def keyed(key, tmp_path_factory):
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(key[1])
    running = Service("--keys", str(file), "--audit-log", str(file.with_name("audit")))
    running.audit = file.with_name("audit")
    running.wait_until_ready(warm=False)
    yield running
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)
    log = running.log_text()
    assert key[0] not in log and json.loads(key[1])["key_sha256"] not in log and "guess" not in log


def execute_bytes(*headers, target="/execute", body=BODY):
    lines = [f"POST {target} HTTP/1.1".encode(), b"Host: x", b"Content-Type: application/json",
             b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def status_of(reply):
    return int(reply.split(b" ", 2)[1]) if reply else None


def honest(service, key):
    return service.request("POST", "/execute", BODY, {"Content-Type": "application/json",
                                                      "Authorization": f"Bearer {key[0]}"})


@pytest.mark.parametrize("headers, status", [
    ([b"Authorization: Bearer %(key)s", b"Authorization: Bearer %(key)s"], 400),
    ([b"Authorization: Bearer guess", b"Authorization: Bearer %(key)s"], 400),
    ([b"X-API-Key: guess", b"X-API-Key: %(key)s"], 400),
    ([b"X-API-Key: guess", b"x-api-key: %(key)s"], 400),
    ([b"X-API-Key: guess", b"Authorization: Bearer %(key)s"], 400),
    ([b"Authorization: Bearer guess, Bearer %(key)s"], 401),
    ([b"Authorization: Bearer %(key)s\x00"], 400),
    ([b"X-API-Key: %(key)s\x00guess"], 400),
    ([b"Authorization: Bearer %(key)s\x01"], 400),
    ([b"Authorization: Bearer\r\n %(key)s"], 400),
    ([b"Authorization : Bearer %(key)s"], 400),
    ([b"X-API-Key: "], 401),
    ([b"Authorization: Bearer"], 401),
    ([b"Authorization: Basic %(key)s"], 401),
    ([b"Authorization: Bearer " + b"guess" * 100], 401),
    ([b"Cookie: key=%(key)s"], 401),
    ([b"Proxy-Authorization: Bearer %(key)s"], 401),
])
def test_headers_that_are_no_key(keyed, key, headers, status):
    reply = keyed.raw(execute_bytes(*(header % {b"key": key[0].encode()} for header in headers),
                                    b"Connection: close"))
    assert status_of(reply) == status, reply[:300]
    assert key[0].encode() not in reply and b"guess" not in reply
    assert honest(keyed, key).result == 1


def test_a_huge_key_is_not_even_read(keyed, key):
    reply = keyed.raw(execute_bytes(b"Authorization: Bearer " + b"guess" * 100_000, b"Connection: close"))
    assert status_of(reply) in (431, None)  # none: the rest of it could not be sent any more
    assert honest(keyed, key).result == 1


@pytest.mark.parametrize("query", ["?api_key=", "?key=", "?a=1&token=", "?access_token="])
def test_a_key_in_the_url_is_refused_even_beside_a_right_one(keyed, key, query):
    bearer = b"Authorization: Bearer " + key[0].encode()
    reply = keyed.raw(execute_bytes(bearer, b"Connection: close", target=f"/execute{query}{key[0]}"))
    assert status_of(reply) == 400 and b"must not be in the URL" in reply
    assert key[0].encode() not in reply


@pytest.mark.parametrize("target", ["//execute", "/execute/", "/./execute", "/%65xecute", "/execute;a",
                                    "/health/../execute", "http://x/execute", "/EXECUTE"])
def test_no_spelling_of_the_path_needs_less(keyed, target):
    assert status_of(keyed.raw(execute_bytes(b"Connection: close", target=target))) in (400, 401, 404)


def test_a_request_that_is_refused_hides_no_other_in_its_body(keyed, key):
    inner = execute_bytes(b"Authorization: Bearer " + key[0].encode(), b"Connection: close")
    reply = keyed.raw(execute_bytes(body=inner))
    assert reply.count(b"HTTP/1.1 ") == 1 and status_of(reply) == 401


def test_guesses_find_nothing_and_harm_nobody(keyed, key):
    """On one connection, one after the other, with an honest request now and then."""
    with keyed.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = connection.makefile("rb")
        for n in range(GUESSES):
            connection.sendall(b"GET /info HTTP/1.1\r\nHost: x\r\nX-API-Key: fj_guess%036d\r\n\r\n" % n)
            assert answers.readline().split(b" ")[1] == b"401"
            length = 0
            while (line := answers.readline().strip()):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            answers.read(length)
            if n % 50 == 0:
                assert honest(keyed, key).result == 1
    page = keyed.request("GET", "/metrics", headers={"X-API-Key": key[0]}).body.decode()
    wrong = [line for line in page.splitlines() if line.startswith('forkjail_key_refusals_total{reason="wrong"}')]
    assert float(wrong[0].split()[-1]) >= GUESSES


def test_guesses_on_many_connections_wait_and_the_right_key_does_not(keyed, key):
    guess = execute_bytes(b"X-API-Key: fj_guess")
    with contextlib.ExitStack() as stack:
        guessers = [stack.enter_context(keyed.connect()) for _ in range(300)]
        for guesser in guessers:
            guesser.sendall(guess)
        assert honest(keyed, key).result == 1
        # Those who leave while they wait leave nothing behind; the others are answered.
        for guesser in guessers[::2]:
            guesser.close()
        for guesser in guessers[1::2]:
            assert guesser.recv(12) == b"HTTP/1.1 401"
    assert honest(keyed, key).result == 1


@pytest.mark.parametrize("header", [
    b'X-Request-Id: a","key":"root', b"traceparent: 00-" + b'","key":"root' + b"0" * 20 + b"-1-01",
    b'X-Forwarded-For: 203.0.113.1","key":"root', b"X-Forwarded-For: 203.0.113.1", b"Forwarded: for=203.0.113.1"])
def test_no_header_writes_into_the_audit_log(keyed, key, header):
    before = keyed.audit.read_text().count("\n")
    bearer = b"Authorization: Bearer " + key[0].encode()
    assert status_of(keyed.raw(execute_bytes(bearer, header, b"Connection: close"))) == 200
    deadline = time.monotonic() + 20
    while keyed.audit.read_text().count("\n") == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    lines = [json.loads(line) for line in keyed.audit.read_text().splitlines()[before:]]
    assert [(line["key"], line["address"]) for line in lines] == [("honest", "127.0.0.1")]
