"""Few descriptors and many connections: the service lives and answers."""

import collections
import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import resource
import socket
import subprocess
import time
from pathlib import Path

import pytest

import service as real_service
from service import children_of, zygotes_of

HELLO = json.dumps({"script": "def main():\n    return 'hello'\n"})
HELD_S = 6


@pytest.fixture
def few_descriptors(monkeypatch):
    """few_descriptors(n): services that are started from then on may open n descriptors."""
    def limit(number):
        monkeypatch.setattr(real_service, "AS_USER",
                            [*real_service.AS_USER, "prlimit", f"--nofile={number}:{number}"])
    return limit


@pytest.fixture(autouse=True)
def own_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def ask_on_one_connection(running, until):
    """What a client with an open connection gets, one request after the other."""
    answers = collections.Counter()
    while time.monotonic() < until:
        client = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
        with contextlib.closing(client), contextlib.suppress(ConnectionError, http.client.HTTPException):
            while time.monotonic() < until:
                client.request("POST", "/execute", HELLO, {"Content-Type": "application/json"})
                answers[client.getresponse().read()] += 1
                time.sleep(0.01)
    return answers


@pytest.mark.parametrize(("limit", "connections"), [(1_024, 1_500), (320, 600)])
def test_connections_take_no_descriptor_that_a_cell_needs(start_service, few_descriptors, limit,
                                                          connections):
    few_descriptors(limit)
    running = start_service()
    until = time.monotonic() + HELD_S
    with concurrent.futures.ThreadPoolExecutor() as pool, contextlib.ExitStack() as held:
        asking = [pool.submit(ask_on_one_connection, running, until) for _ in range(6)]
        time.sleep(0.5)
        for _ in range(connections):
            held.enter_context(socket.create_connection(("127.0.0.1", running.port), timeout=5))
        answers = sum((client.result() for client in asking), collections.Counter())
        assert set(answers) == {b'{"result":"hello","stdout":""}'}, answers
        assert running.execute("def main():\n    return 'hello'\n").result == "hello"
    assert running.process.poll() is None
    assert "Too many open files" not in running.log_text()


def limit_descriptors(pid, soft):
    """As the user of that process, who may lower and raise it below the hard limit."""
    limits = Path(f"/proc/{pid}/limits").read_text()
    hard = re.search(r"Max open files +\d+ +(\d+)", limits)[1]
    status = dict(line.split(":\t", 1) for line in
                  Path(f"/proc/{pid}/status").read_text().splitlines() if ":\t" in line)
    uid, gid = (status[name].split()[0] for name in ("Uid", "Gid"))
    as_owner = ["setpriv", "--reuid", uid, "--regid", gid, "--clear-groups"]
    subprocess.run([*(as_owner if int(uid) != os.geteuid() else []),
                    "prlimit", "--pid", str(pid), f"--nofile={soft or hard}:"], check=True)


@pytest.mark.parametrize("process", ["server", "supervisor", "zygote"])
def test_cells_lost_for_want_of_descriptors_cost_no_more_than_themselves(start_service, process):
    """The limit falls while it serves, to about what the process holds already."""
    running = start_service()
    pid = {"server": lambda: running.process.pid,
           "supervisor": lambda: min(children_of(running.process.pid)),
           "zygote": lambda: zygotes_of(running)["light"]}[process]()
    held = len(os.listdir(f"/proc/{pid}/fd"))
    for soft in (held, held + 2, held + 5, held - 3):
        limit_descriptors(pid, soft)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            with contextlib.suppress(OSError, http.client.HTTPException):
                running.post_json(json.loads(HELLO), timeout_s=0.5)
            assert running.process.poll() is None, running.log_text()[-3_000:]
        limit_descriptors(pid, None)
        deadline = time.monotonic() + 30
        while running.post_json(json.loads(HELLO)).status != 200:
            assert time.monotonic() < deadline
    assert Path(f"/proc/{pid}").exists(), f"the {process} was replaced"
    assert "the zygote closed its socket" not in running.log_text()


def test_too_few_descriptors_are_said_at_the_start(start_service, few_descriptors):
    few_descriptors(100)
    running = start_service(ready=False)
    assert running.process.wait(timeout=30) == 2
    assert "open files: the limit (ulimit -n) is 100" in running.log_text()
