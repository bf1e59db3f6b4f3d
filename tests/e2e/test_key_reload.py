"""SIGHUP reads the keys again: under load, of either process, and with files that are none."""

import json
import os
import re
import signal
import threading
import time

import pytest
from keyed_service import HELLO, ask, execute, make_key


class Reloaded:
    """A service whose file of keys changes while it runs."""

    def __init__(self, start_service, directory):
        self.directory = directory
        self.file = directory / "keys"
        self.key, self.row = make_key("alice")
        self.file.write_text(json.dumps(self.row))
        self.service = start_service("--keys", str(self.file), ready=False).wait_until_ready(warm=False)

    def replace(self, *rows):
        new = self.directory / "new"
        new.write_text("".join(json.dumps(row) + "\n" for row in rows))
        new.replace(self.file)

    def hang_up(self, outcome="ok", process=None):
        """SIGHUP, to the server or to `process`, and waits until the keys were read again."""
        before = self.reloads(outcome)
        os.kill(process or self.service.process.pid, signal.SIGHUP)
        deadline = time.monotonic() + 20
        while self.reloads(outcome) == before:
            assert time.monotonic() < deadline, self.service.log_text()
            time.sleep(0.02)

    def reloads(self, outcome):
        page = ask(self.service, self.key, "GET", "/metrics").body.decode()
        return float(re.search(r'forkjail_key_reloads_total\{outcome="%s"\} (\d+)' % outcome, page)[1])


@pytest.fixture
def reloaded(start_service, tmp_path):
    return Reloaded(start_service, tmp_path)


def test_keys_rotate_under_load(reloaded):
    service, kept = reloaded.service, reloaded.key
    old, old_row = make_key("old")
    new, new_row = make_key("new")
    reloaded.replace(reloaded.row, old_row)
    reloaded.hang_up()
    statuses = {kept: [], old: []}
    done = threading.Event()

    def call(key):
        while not done.is_set():
            statuses[key].append(execute(service, HELLO, key).status)

    callers = [threading.Thread(target=call, args=(key,)) for key in statuses]
    for caller in callers:
        caller.start()
    while min(map(len, statuses.values())) < 5:
        time.sleep(0.01)
    running = service.connect()
    body = json.dumps({"script": "import time\ndef main():\n    time.sleep(1)\n    return 'whole'"}).encode()
    running.sendall(b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                    b"Connection: close\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n%s"
                    % (old.encode(), len(body), body))
    time.sleep(0.3)
    reloaded.replace(reloaded.row, new_row)
    reloaded.hang_up()
    assert execute(service, HELLO, old).status == 401
    assert execute(service, HELLO, new).result == "hello"
    seen = len(statuses[kept])
    while len(statuses[kept]) < seen + 5:
        time.sleep(0.01)
    done.set()
    for caller in callers:
        caller.join()
    assert set(statuses[kept]) == {200}
    first = statuses[old].index(401)
    assert set(statuses[old][:first]) == {200} and set(statuses[old][first:]) == {401}
    assert b'"whole"' in running.makefile("rb").read()  # it was let in, and ends as it would have
    running.close()


def test_a_hang_up_of_the_supervisor_does_the_same(reloaded):
    new, row = make_key("alice")
    old = reloaded.key
    reloaded.replace(row, make_key("watch")[1])
    reloaded.key = new
    (supervisor,) = reloaded.service.children
    os.kill(supervisor, signal.SIGHUP)
    deadline = time.monotonic() + 20
    while execute(reloaded.service, HELLO, new).status != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert execute(reloaded.service, HELLO, old).status == 401


def break_nothing(file):
    file.unlink()


def break_text(file):
    file.write_text('{"name": "me", "key_sha256": "secret"}')


def break_size(file):
    with file.open("wb") as huge:
        huge.truncate(8 << 30)


def break_fifo(file):
    file.unlink()
    os.mkfifo(file)


def break_link_to_device(file):
    file.unlink()
    file.symlink_to("/dev/zero")


def break_directory(file):
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil, why", [
    (break_nothing, "No such file"), (break_text, "key_sha256: must be"), (break_size, "larger than 4 MB"),
    (break_fifo, "Invalid argument"), (break_link_to_device, "Invalid argument"),
    (break_directory, "Invalid argument")])
def test_a_broken_file_keeps_the_old_keys(reloaded, spoil, why):
    spoil(reloaded.file)
    reloaded.hang_up("failed")
    log = reloaded.service.log_text()
    assert "the keys stay as they were" in log and why in log and "secret" not in log
    assert execute(reloaded.service, HELLO, reloaded.key).result == "hello"  # also the supervisor goes on
    if reloaded.file.is_dir():
        reloaded.file.rmdir()
    reloaded.replace(reloaded.row)
    reloaded.hang_up()
    assert execute(reloaded.service, HELLO, reloaded.key).result == "hello"
