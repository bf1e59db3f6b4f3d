"""Clients that take what all connections share and give nothing for it, and a watch on an honest one
meanwhile. Every flood is bounded, and ends with its `with` block."""

import contextlib
import selectors
import socket
import threading
import time

from attacks.raw_http import HEAD, OK_SCRIPT, body_of, post, reset

HALF_A_HEADER = b"POST /execute HTTP/1.1\r\nHost: x\r\n"
HALF_A_BODY = HEAD + b"Content-Length: 10000\r\n\r\n{"


class Flood:
    """Connections that each send `data` and stay. With `again`, one that the service closes is
    opened anew at once; with `trickle_s`, each sends another byte that often. They share one thread."""

    def __init__(self, service, count, data, again=False, trickle_s=None):
        self.address = ("127.0.0.1", service.port)
        self.count, self.data, self.again, self.trickle_s = count, data, again, trickle_s
        self.selector = selectors.DefaultSelector()
        self.open, self.opened = set(), 0
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._keep_open, daemon=True)

    def __enter__(self):
        self.thread.start()
        deadline = time.monotonic() + 30
        while self.opened < self.count and time.monotonic() < deadline:
            time.sleep(0.01)
        assert self.opened >= self.count, f"only {self.opened} connections could be opened"
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join(timeout=30)
        for connection in self.open:
            reset(connection)
        self.selector.close()

    def _connect(self):
        connection = socket.socket()
        connection.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            connection.connect(self.address)
        self.selector.register(connection, selectors.EVENT_WRITE)
        self.open.add(connection)

    def _keep_open(self):
        for _ in range(self.count):
            self._connect()
        trickled = time.monotonic()
        while not self.ending.is_set():
            for key, events in self.selector.select(timeout=0.1):
                self._serve(key.fileobj, events)
            if self.trickle_s and time.monotonic() - trickled > self.trickle_s:
                trickled = time.monotonic()
                for connection in self.open:
                    with contextlib.suppress(OSError):
                        connection.send(b"x")

    def _serve(self, connection, events):
        try:
            if events & selectors.EVENT_WRITE:
                connection.send(self.data)
                self.opened += 1
                self.selector.modify(connection, selectors.EVENT_READ)
                return
            if connection.recv(1 << 16):
                return
            if not self.again:  # it stays, half closed
                self.selector.unregister(connection)
                return
        except OSError:
            pass
        self.selector.unregister(connection)
        self.open.discard(connection)
        connection.close()
        if self.again:
            self._connect()


class Watch:
    """Asks for /health and for a hello again and again on new connections, and keeps the times."""

    def __init__(self, service, pause_s=0.05):
        self.service, self.pause_s = service, pause_s
        self.times = {"health": [], "hello": []}
        self.failures = []
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ending.set()
        self.thread.join(timeout=120)

    def _watch(self):
        hello = post(body_of(OK_SCRIPT), b"Connection: close\r\n")
        health = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        while not self.ending.is_set():
            self._ask("health", health, b'"status":"healthy"')
            self._ask("hello", hello, b'"result":1')
            time.sleep(self.pause_s)

    def _ask(self, name, request, expected):
        started = time.monotonic()
        answer = b""
        try:
            with socket.create_connection(("127.0.0.1", self.service.port), timeout=30) as client:
                client.sendall(request)
                while piece := client.recv(1 << 16):
                    answer += piece
        except OSError as error:
            answer += repr(error).encode()
        self.times[name].append(time.monotonic() - started)
        if expected not in answer:
            self.failures.append((name, answer[:300]))

    def slowest(self, name):
        return max(self.times[name], default=float("inf"))

    def median(self, name):
        times = sorted(self.times[name])
        return times[len(times) // 2] if times else float("inf")

    def summary(self):
        return {name: {"asked": len(times), "median_ms": round(self.median(name) * 1000, 1),
                       "slowest_ms": round(self.slowest(name) * 1000, 1)}
                for name, times in self.times.items()} | {"failed": len(self.failures)}


def connect_with_small_window(service):
    """A client whose kernel takes next to nothing of an answer that is not read."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.settimeout(60)
    connection.connect(("127.0.0.1", service.port))
    return connection
