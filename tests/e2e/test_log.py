"""The log: lines on stderr, as text or as the JSON objects that Cloud Logging takes apart; and a reader of
it that stops, which nobody waits for."""

import json
import os
import pty
import re
import socket
import time
import tty

import pytest

from service import NSJAIL

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
HELLO = b'{"script": "def main():\\n    print(\'printed\')\\n    return \'returned\'"}'


def lines_of(running):
    return [json.loads(line) for line in running.log_text().splitlines()]


def test_every_json_line_has_severity_time_and_message(start_service):
    running = start_service("--log-format", "json")
    assert running.execute("def main():\n    return 1").result == 1
    assert running.stop() == 0
    lines = lines_of(running)
    assert len(lines) > 3
    for line in lines:
        assert line["severity"] in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}, line
        assert line["time"].endswith("Z") and line["message"], line
    assert {line["logger"] for line in lines} >= {"server", "run"}


def test_a_run_leaves_one_line_with_its_trace_and_nothing_it_held(start_service):
    running = start_service("--log-format", "json", "--trace-project", "a-project")
    headers = {"Content-Type": "application/json", "X-Cloud-Trace-Context": f"{TRACE}/1;o=1"}
    assert running.request("POST", "/execute", HELLO, headers).status == 200
    running.stop()
    runs = [line for line in lines_of(running) if line["logger"] == "run"]
    assert len(runs) == 1
    assert runs[0]["status"] == 200 and runs[0]["kind"] == "ok"
    assert runs[0]["logging.googleapis.com/trace"] == f"projects/a-project/traces/{TRACE}"
    assert runs[0]["logging.googleapis.com/spanId"] == "0000000000000001"
    assert runs[0]["wall_ms"] > 0
    assert "printed" not in running.log_text() and "returned" not in running.log_text()


def test_failures_are_named_by_their_kind(start_service):
    running = start_service("--log-format", "json")
    running.execute("def main():\n    return 1 / 0")
    running.execute("def main(:")
    running.post_json({"script": ""})
    running.stop()
    kinds = [(line["status"], line["kind"]) for line in lines_of(running) if line["logger"] == "run"]
    # A run's line follows its answer a moment later, and a refusal may be logged before it.
    assert sorted(kinds) == [(400, "refused"), (422, "exception"), (422, "syntax")]


def test_cloud_run_gets_json_unasked(start_service):
    running = start_service(environment={"K_SERVICE": "forkjail"})
    running.stop()
    assert all(line["severity"] for line in lines_of(running))


def test_text_is_the_default_elsewhere(start_service):
    running = start_service()
    running.execute("def main():\n    return 1")
    running.stop()
    assert " run info 200 ok in " in running.log_text()


# ---- what nsjail and the zygote say ----

def nsjail_that_says(tmp_path, commands):
    """A --nsjail that runs these shell commands and then becomes the real one."""
    fake = tmp_path / "nsjail"
    fake.write_text(f'#!/bin/sh\n{commands}\nexec {NSJAIL} "$@"\n')
    fake.chmod(0o755)
    (tmp_path / "nsjail.cfg").symlink_to(NSJAIL.parent / "nsjail.cfg")
    return "--nsjail", str(fake)


@pytest.fixture
def start_with_namespaces(start_service, service):
    """start(*flags): for tests with an nsjail of their own."""
    if service.request("GET", "/info").json["isolation"]["level"] != "full":
        pytest.skip("nsjail is not used here")
    return start_service


def test_output_of_nsjail_is_json_too(start_with_namespaces, tmp_path):
    commands = "echo '[W][2025-01-01T00:00:00+0000] plain \"text\"' >&2; printf '\\033[2Jno line feed' >&2"
    running = start_with_namespaces("--log-format", "json", *nsjail_that_says(tmp_path, commands))
    running.stop()
    said = [line for line in lines_of(running) if "plain" in line["message"]]
    assert said and all(line["severity"] == "WARNING" and line["logger"] == "supervisor" for line in said)
    assert {line["message"].split(": ", 1)[1] for line in said} == {'[W][2025-01-01T00:00:00+0000] plain "text"'}
    assert {line["message"].split(": ")[0] for line in said} == {"light zygote", "full zygote"}
    assert any(line["message"].endswith(" [2Jno line feed") for line in lines_of(running))


def test_a_flood_from_the_jail_is_bounded(start_with_namespaces, tmp_path):
    commands = "i=0; while [ $i -lt 5000 ]; do echo flood >&2; i=$((i+1)); done"
    running = start_with_namespaces(*nsjail_that_says(tmp_path, commands), "--preload", "")
    assert running.execute("def main():\n    return 1").result == 1
    running.stop()
    text = running.log_text()
    assert text.count(": flood") < 2_000 and re.search(r"light zygote: \d+ more lines were left out", text)


# ---- a reader that stops ----

def make_pipe():
    return os.pipe()


def make_socket():
    ours, theirs = socket.socketpair()
    return ours.detach(), theirs.detach()


def make_terminal():
    reader, writer = pty.openpty()
    tty.setraw(writer)
    return reader, writer


class Reader:
    """Of a log: reads only when it is told to."""

    def __init__(self, make):
        self.descriptor, self.writer = make()
        os.set_blocking(self.descriptor, False)
        self.text = b""

    def read(self):
        try:
            while some := os.read(self.descriptor, 65_536):
                self.text += some
        except (BlockingIOError, OSError):  # a terminal without a writer gives EIO
            pass
        return self.text.decode()

    def read_until(self, text, time_max_s=20):
        """What a terminal was given comes a moment later."""
        deadline = time.monotonic() + time_max_s
        while text not in self.read() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.text.decode()

    def close(self):
        os.close(self.descriptor)
        os.close(self.writer)


@pytest.fixture(params=[make_pipe, make_socket, make_terminal])
def reader(request):
    reader = Reader(request.param)
    yield reader
    reader.close()


def dropped_lines(running):
    page = running.request("GET", "/metrics", timeout_s=10).body.decode()
    return int(re.search(r"^forkjail_log_lines_dropped_total (\d+)$", page, re.MULTILINE)[1])


def write_more_than_fits(running):
    for _ in range(60):
        for _ in range(100):
            assert running.execute("def main():\n    return 1").status == 200  # a line each
        if dropped_lines(running) > 0:
            return
    raise AssertionError("no line was dropped")


def test_a_reader_that_stops_delays_no_other_client(start_service, reader):
    running = start_service("--log-format", "json", stderr=reader.writer)
    write_more_than_fits(running)
    assert running.request("GET", "/health", timeout_s=10).status == 200
    assert running.execute("def main():\n    return 'ran'").result == "ran"
    # It comes back, is told what it missed, and misses nothing more.
    told = re.findall(r"(\d+) log lines were dropped", reader.read_until("were dropped"))
    assert told and sum(map(int, told)) <= dropped_lines(running)
    assert running.execute("def main():\n    return 1 / 0").status == 422
    assert running.stop() == 0
    lines = [json.loads(line) for line in reader.read_until("signal 15").splitlines()]
    assert any(line.get("kind") == "exception" for line in lines)
    assert any("signal 15" in line["message"] for line in lines)


def test_sigterm_drains_although_a_client_does_not_read(start_service, reader):
    running = start_service("--log-format", "json", stderr=reader.writer)
    write_more_than_fits(running)
    started = time.monotonic()
    assert running.stop() == 0
    assert time.monotonic() - started < 20
