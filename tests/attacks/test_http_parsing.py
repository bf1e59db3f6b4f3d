"""Attacks 149-151: requests that two readers could read differently. Each is refused, and in bounded time."""

import json
import os
import random
import time

import pytest

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
)

# ---- 149: lengths that contradict ----

BODY = body_of()
SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("data", named([
    ("length and chunked", HEAD + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
     % len(BODY) + SMUGGLED),
    ("chunked and length", HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
     + SMUGGLED),
    ("two lengths", HEAD + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY),
    ("a list of lengths", HEAD + b"Content-Length: 5, %d\r\n\r\n" % len(BODY) + BODY),
    ("negative length", HEAD + b"Content-Length: -5\r\n\r\n" + BODY),
    ("length with a sign", HEAD + b"Content-Length: +%d\r\n\r\n" % len(BODY) + BODY),
    ("hexadecimal length", HEAD + b"Content-Length: 0x10\r\n\r\n" + BODY),
    ("length that is no number", HEAD + b"Content-Length: ten\r\n\r\n" + BODY),
    ("length with letters behind", HEAD + b"Content-Length: 10a\r\n\r\n" + BODY),
    ("unknown coding", HEAD + b"Transfer-Encoding: gzip\r\n\r\n" + BODY),
    ("coding in disguise", HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + SMUGGLED),
    ("chunked twice", HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
     b"0\r\n\r\n" + SMUGGLED),
    ("chunked, then identity", HEAD + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"
     + SMUGGLED),
    ("blank before the colon", HEAD + b"Content-Length : %d\r\n\r\n" % len(BODY) + BODY),
    ("folded header", HEAD + b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"
     + SMUGGLED),
    ("folded length", HEAD + b"Content-Length:\r\n %d\r\n\r\n" % len(BODY) + BODY),
    ("folded coding", HEAD + b"Transfer-Encoding:\r\n\tchunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
     % (len(BODY), BODY)),
    ("folded field", HEAD + b"X: a\r\n b\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY),
    ("bare line feeds", HEAD.replace(b"\r\n", b"\n") + b"Content-Length: 5\n\n" + BODY),
    ("NUL in a header", HEAD + b"X: a\0b\r\nContent-Length: 5\r\n\r\n" + BODY),
    ("bare CR in a header", HEAD + b"X: a\rContent-Length: 99\r\nContent-Length: 5\r\n\r\n" + BODY),
    ("no version", b"GET /health\r\n\r\n"),
    ("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/9.9", b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n"),
    ("a TLS hello", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(300)),
    ("rubbish", random.Random(7).randbytes(4096)),
]))
def test_149_contradictory_framing_is_refused(service, data):
    with service.connect() as connection:
        connection.sendall(data)
        answers = receive(connection, count=2, timeout_s=13)
    assert_refused(answers, 400, 405, 411, 413, 415, 501, 505, 408)


def test_149_nothing_behind_a_refused_request_is_answered(service):
    data = HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde" + (
        b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
    answers = exchange(service, data, count=2, timeout_s=7)
    assert [status for status, _ in answers] in ([400], []), answers


# ---- 150: chunks ----

@pytest.mark.parametrize("chunks", named([
    ("size that is no number", b"zz\r\nabc\r\n0\r\n\r\n"),
    ("negative size", b"-5\r\nabc\r\n0\r\n\r\n"),
    ("size beyond 64 bits", b"fffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    ("size of nearly 64 bits", b"ffffffffffffffff\r\nabc\r\n0\r\n\r\n"),
    ("0x before the size", b"0x5\r\nabcde\r\n0\r\n\r\n"),
    ("empty size", b"\r\nabc\r\n0\r\n\r\n"),
    ("no line end behind the data", b"3\r\nabcX0\r\n\r\n"),
    ("more data than said", b"3\r\nabcdef\r\n0\r\n\r\n"),
    ("huge extension", b"3;" + b"x" * 200_000 + b"\r\nabc\r\n0\r\n\r\n"),
    ("an extension on each of many chunks", b"1;%s\r\nx\r\n" % (b"y" * 1000) * 500 + b"0\r\n\r\n"),
    ("huge trailers", b"0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n"),
    ("long trailer", b"0\r\nX: " + b"y" * 500_000 + b"\r\n\r\n"),
]))
def test_150_bad_chunks_are_refused(service, chunks):
    data = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
    assert_refused(exchange(service, data, count=2, timeout_s=7), 400, 413, 431)


def test_150_chunks_of_one_byte_are_one_body(service):
    chunks = [bytes([byte]) for byte in BODY]
    (status, body), = exchange(service, chunked(*chunks))
    assert (status, json.loads(body)["result"]) == (200, 1)


def test_150_a_body_without_chunks_may_come_in_pieces(service):
    """Four bytes of its end are less than the parser counts on."""
    with service.connect() as connection:
        connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        for piece in (b"0\r\n", b"\r", b"\n"):
            time.sleep(0.1)
            connection.sendall(piece)
        (status, _), = receive(connection)
    assert status == 400
    assert service.execute(OK_SCRIPT).result == 1


def test_150_fifty_thousand_one_byte_chunks_cost_little(service):
    body = body_of(OK_SCRIPT + "#" * 50_000)
    started = time.monotonic()
    (status, _), = exchange(service, chunked(*[bytes([byte]) for byte in body]))
    assert status == 200
    assert time.monotonic() - started < 5


# ---- 151: JSON ----

@pytest.mark.parametrize("body", named([
    ("duplicate script", b'{"script":"def main(): return 1","script":"def main(): return 2"}'),
    ("duplicate by escape", b'{"script":"def main(): return 1","\\u0073cript":"x"}'),
    ("duplicate deep inside", b'{"script":"def main(a): return 1","args":{"a":{"b":1,"b":2}}}'),
    ("duplicate in env", b'{"script":"def main(): pass","env":{"A":"1","A":"2"}}'),
    ("bad UTF-8", b'{"script":"def main(): return \'\xff\'"}'),
    ("overlong UTF-8", b'{"script":"def main(): return \'\xc0\xaf\'"}'),
    ("surrogate in UTF-8", b'{"script":"\xed\xa0\x80"}'),
    ("lone surrogate escape", b'{"script":"def main(): return 1 # \\ud800"}'),
    ("BOM", b"\xef\xbb\xbf" + BODY),
    ("UTF-16", BODY.decode().encode("utf-16")),
    ("deep array", b'{"script":"def main(*a): pass","args":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ("deep object", b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    ("deep and unclosed", b'{"script":' + b"[" * 5_000_000),
    ("NaN", b'{"script":"def main(*a): pass","args":[NaN]}'),
    ("number beyond a double", b'{"script":"def main(): pass","limits":{"wall_time_s":1e999}}'),
    ("endless number", b'{"script":"def main(): pass","limits":{"wall_time_s":' + b"1" * 1_000_000
     + b"}}"),
    ("a raw control character", b'{"script":"def main():\n return 1"}'),
    ("comment", b'{"script":"def main(): pass" /* x */}'),
    ("something behind", BODY + b"{}"),
    ("NUL behind", BODY + b"\0"),
    ("prototype", b'{"script":"def main(): pass","__proto__":{"verbose":true}}'),
    ("limits raised", b'{"script":"def main(): pass","limits":{"memory_mb":100000}}'),
    ("negative limit", b'{"script":"def main(): pass","limits":{"cpu_time_s":-1}}'),
    ("limit as text", b'{"script":"def main(): pass","limits":{"cpu_time_s":"10"}}'),
    ("name with =", b'{"script":"def main(): pass","env":{"A=B":"c"}}'),
    ("NUL in env", b'{"script":"def main(): pass","env":{"A":"b\\u0000c"}}'),
    ("empty name", b'{"script":"def main(): pass","env":{"":"c"}}'),
    ("a million variables", b'{"script":"def main(): pass","env":{' + b",".join(
        b'"A%d":"x"' % n for n in range(300_000)) + b"}}"),
]))
def test_151_bad_json_is_400(service, body):
    started = time.monotonic()
    (status, answer), = exchange(service, post(body))
    assert status in (400, 413), (status, answer[:300])
    assert json.loads(answer)["error"]
    assert time.monotonic() - started < 3


def test_151_numbers_and_names_without_end_cost_little(service):
    """A million short members, a million-digit number: bounded time in the server."""
    for args in ("[" + ",".join(["0"] * 1_000_000) + "]", "[" + "1" * 1_000_000 + "]",
                 "{" + ",".join(f'"k{n}":0' for n in range(200_000)) + "}",
                 '["' + "\\u0041" * 300_000 + '"]'):
        body = (b'{"script":"def main(*a, **k): return 1","limits":{"cpu_time_s":2},"args":'
                + args.encode() + b"}")
        started = time.monotonic()
        (status, _), = exchange(service, post(body), timeout_s=30)
        assert status in (200, 400, 422), status
        assert time.monotonic() - started < 12


@pytest.mark.parametrize("path", ["/execute", "/compat/fastgpt/sandbox/python"])
def test_151_a_large_body_is_read_whole_wherever_it_is_cut(service, path):
    """Bodies are decoded in slices, and a slice may end anywhere in a character of up to four bytes."""
    for pad in range(7):
        text = "x" * pad + "\U0001f600\u2028" * 4_000
        script = f"def main():\n    return len({text!r})".replace("\\u2028", "\u2028")
        body = json.dumps({"script" if path == "/execute" else "code": script, **({} if path == "/execute" else {"variables": {}})},
                          ensure_ascii=False).encode()
        reply = service.request("POST", path, body, {"Content-Type": "application/json"})
        assert reply.status == 200, reply.body[:500]
        assert str(pad + 8_000).encode() in reply.body
