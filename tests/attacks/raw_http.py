"""HTTP by hand, for clients that no library would be."""

import json
import re
import socket
import struct

import pytest

HEAD = b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
OK_SCRIPT = "def main():\n    return 1\n"


def body_of(script=OK_SCRIPT, **fields):
    return json.dumps({"script": script, **fields}).encode()


def post(body, headers=b""):
    return HEAD + b"Content-Length: %d\r\n" % len(body) + headers + b"\r\n" + body


def chunked(*chunks, end=b"0\r\n\r\n"):
    framed = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + framed + end


def responses_in(data):
    """[(status, body)] of all complete answers in `data`."""
    found = []
    while match := re.match(rb"HTTP/1\.1 (\d{3}) .*?\r\n\r\n", data, re.DOTALL):
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", match.group())
        size = int(length.group(1)) if length else 0
        if len(data) < match.end() + size:
            break
        found.append((int(match.group(1)), data[match.end():match.end() + size]))
        data = data[match.end() + size:]
    return found


def receive(connection, count=1, timeout_s=20):
    """Answers until `count` of them are complete, or the service closes, or time is up."""
    connection.settimeout(timeout_s)
    data = b""
    while len(responses_in(data)) < count:
        try:
            piece = connection.recv(1 << 16)
        except (TimeoutError, ConnectionResetError):
            break
        if not piece:
            break
        data += piece
    return responses_in(data)


def exchange(service, data, count=1, timeout_s=20):
    with service.connect() as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        return receive(connection, count, timeout_s)


def reset(connection):
    """Closes with a reset instead of an orderly end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def assert_refused(answers, *statuses):
    """One error in JSON, or the connection was closed; never a run, never two answers."""
    assert len(answers) <= 1, answers
    for status, body in answers:
        assert status in statuses, (status, body[:300])
        assert isinstance(json.loads(body)["error"], str)


def named(rows):
    return [pytest.param(*values, id=name) for name, *values in rows]
