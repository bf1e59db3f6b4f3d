"""Peer: os.fork per request from a warm interpreter, with no isolation at all.

The floor for what forking CPython costs when nothing protects anyone. One worker per core, each with
its connections; a worker forks a child for a request, the child runs the script and sends the
answer through a pipe. Done as well as plain Python allows: numpy and pandas are imported and used
once before the first fork, the heap is frozen, the answer goes out before the child is reaped, the
child skips the interpreter's tear-down. Never expose it.

Usage: fork_server.py PORT WORKERS [SCRIPT...]

Each SCRIPT's main() is run once before the first fork, so that what it imports and uses is warm.
"""

import gc
import io
import json
import os
import select
import selectors
import signal
import socket
import struct
import sys
import time
import types

HEADER = struct.Struct("=HI")  # HTTP status, bytes of body
WALL_TIME_S = 30
HEAD_BYTES_MAX = 16 * 1024
BODY_BYTES_MAX = 10 << 20
REASONS = {200: "OK", 400: "Bad Request", 422: "Unprocessable Entity"}


def warm_up(scripts):
    import numpy as np
    import pandas as pd

    table = pd.DataFrame({"key": ["a", "b", "a"], "value": [1, 2, 3]})
    json.dumps(table.groupby("key").agg(total=("value", "sum"))["total"].to_dict())
    pd.read_csv(io.StringIO("day,value\n2024-01-01,1\n"), parse_dates=["day"])
    table.sum(numeric_only=True)
    float((np.ones((8, 8)) @ np.ones((8, 8))).mean())
    for path in scripts:
        with open(path) as file:
            names = {"__name__": "script"}
            exec(compile(file.read(), path, "exec"), names)
            names["main"]()
    # What a child inherits is never collected, so the collector never writes to its pages.
    gc.collect()
    gc.disable()
    gc.freeze()


# ---- in the child ----


def outcome(body):
    """Runs the request's script. Returns the HTTP status and the answer."""
    printed = sys.stdout = io.StringIO()
    try:
        source = json.loads(body)["script"]
        module = types.ModuleType("script")
        sys.modules["script"] = module
        exec(compile(source, "script.py", "exec"), module.__dict__)
        answer = {"result": module.main(), "stdout": printed.getvalue()}
        return 200, json.dumps(answer).encode()
    except BaseException as error:  # whatever the script raises is its outcome
        answer = {"error": f"{type(error).__name__}: {error}", "stdout": printed.getvalue()}
        return 422, json.dumps(answer).encode()


def child(body, pipe):
    gc.enable()
    status, answer = outcome(body)
    message = memoryview(HEADER.pack(status, len(answer)) + answer)
    while message:
        message = message[os.write(pipe, message) :]


# ---- in a worker ----


def receive(pipe, deadline):
    """The child's message, or None when it died or its time is up."""
    data = bytearray()
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while True:
        if not poll.poll(max(0, (deadline - time.monotonic()) * 1000)):
            return None
        part = os.read(pipe, 1 << 20)
        if not part:
            return None
        data += part
        if len(data) >= HEADER.size:
            status, size = HEADER.unpack_from(data)
            if len(data) == HEADER.size + size:
                return status, bytes(data[HEADER.size :])


def wall_time_of(body):
    # Parsing the body is the child's work; only a request that sets a limit is parsed here too.
    if b'"limits"' not in body:
        return WALL_TIME_S
    try:
        return float(json.loads(body)["limits"].get("wall_time_s", WALL_TIME_S))
    except (ValueError, KeyError, AttributeError, TypeError):
        return WALL_TIME_S


def execute(body):
    deadline = time.monotonic() + wall_time_of(body)
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            child(body, writer)
        finally:
            os._exit(0)
    os.close(writer)
    message = receive(reader, deadline)
    os.close(reader)
    if message is None:
        # SIGCHLD is ignored, so a dead child's number may already be gone.
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return 422, b'{"error": "the script was ended", "stdout": ""}'
    return message


class Peer:
    """One connection and what has come in on it."""

    def __init__(self, connection):
        self.connection = connection
        self.data = bytearray()
        self.needed = 0  # bytes of the request at hand, 0 while its head is incomplete
        self.head_size = 0

    def take_request(self):
        """(request line, body) once a whole request is here, else None."""
        if not self.needed:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                if len(self.data) > HEAD_BYTES_MAX:
                    raise ValueError("head too large")
                return None
            length = 0
            for line in bytes(self.data[:end]).split(b"\r\n")[1:]:
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not 0 <= length <= BODY_BYTES_MAX:
                raise ValueError("body too large")
            self.head_size = end + 4
            self.needed = self.head_size + length
        if len(self.data) < self.needed:
            return None
        line = bytes(self.data[: self.data.index(b"\r\n")])
        body = bytes(self.data[self.head_size : self.needed])
        del self.data[: self.needed]
        self.needed = 0
        return line, body

    def serve(self):
        """Called when bytes are here. Returns False when the connection is over."""
        try:
            part = self.connection.recv(1 << 18)
            if not part:
                return False
            self.data += part
            while request := self.take_request():
                self.answer(*request)
            return True
        except (OSError, ValueError):
            return False

    def answer(self, line, body):
        if line.startswith(b"POST /execute "):
            status, answer = execute(body)
        else:
            status, answer = 200, json.dumps({"status": "healthy", "timestamp": time.time()}).encode()
        head = (
            f"HTTP/1.1 {status} {REASONS.get(status, 'X')}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        self.connection.sendall(head.encode() + answer)


def worker(channel):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps, off the request's path
    selector = selectors.EpollSelector()
    selector.register(channel, selectors.EVENT_READ, None)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                message, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
                if not message:
                    return  # the master is gone
                connection = socket.socket(fileno=descriptors[0])
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(connection, selectors.EVENT_READ, Peer(connection))
            elif not key.data.serve():
                selector.unregister(key.fileobj)
                key.fileobj.close()


# ---- the master: accepts, and deals the connections out evenly ----


def main():
    port, workers = int(sys.argv[1]), int(sys.argv[2])
    warm_up(sys.argv[3:])
    channels = []
    for _ in range(workers):
        ours, theirs = socket.socketpair()
        if os.fork() == 0:
            ours.close()
            for other in channels:
                other.close()
            worker(theirs)
            os._exit(0)
        theirs.close()
        channels.append(ours)
    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    turn = 0
    while True:
        connection, _ = listener.accept()
        socket.send_fds(channels[turn % workers], [b"c"], [connection.fileno()])
        connection.close()
        turn += 1


if __name__ == "__main__":
    main()
