"""--audit-log: a line for each request to run a script, and in none of them the script."""

import hashlib
import json
import subprocess
import time

import pytest
from service import BINARY

SECRET = "a very private comment"
SCRIPT = f"# {SECRET}\ndef main(): return sum(range(10_000))"
TRACE = "0af7651916cd43dd8448eb211c80319c"


@pytest.fixture
def audited(start_service, tmp_path):
    """A service with a key, the key, and a function that waits for so many lines."""
    made = subprocess.run([BINARY, "key", "--name", "alice"], capture_output=True, text=True, check=True)
    key, row = made.stdout.splitlines()
    (tmp_path / "keys").write_text(row)
    file = tmp_path / "audit"
    running = start_service("--keys", str(tmp_path / "keys"), "--audit-log", str(file),
                            "--trusted-proxies", "127.0.0.1", ready=False).wait_until_ready(warm=False)
    assert file.stat().st_mode & 0o777 == 0o600

    def lines(number):
        deadline = time.monotonic() + 20
        while file.read_text().count("\n") < number:
            assert time.monotonic() < deadline, file.read_text()
            time.sleep(0.02)
        return [json.loads(line) for line in file.read_text().splitlines()]
    return running, key, lines


def post(running, key, body, **headers):
    return running.request("POST", "/execute", json.dumps(body).encode(),
                           {"Content-Type": "application/json", "X-API-Key": key, **headers})


def test_a_line_says_who_had_what_run(audited):
    running, key, lines = audited
    reply = post(running, key, {"script": SCRIPT}, **{
        "X-Forwarded-For": "203.0.113.9", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})
    (line,) = lines(1)
    assert line["key"] == "alice" and line["address"] == "203.0.113.9" and line["trace"] == TRACE
    assert line["script_sha256"] == hashlib.sha256(SCRIPT.encode()).hexdigest()
    assert line["status"] == 200 and line["outcome"] == "ok" and line["logger"] == "audit"
    assert line["request_id"] == reply.headers["X-Request-Id"]
    assert line["answer_bytes"] == len(reply.body) and line["cpu_ms"] > 0 and line["wall_ms"] > 0
    assert time.strptime(line["time"][:19], "%Y-%m-%dT%H:%M:%S") and line["time"].endswith("Z")


def test_failures_and_refusals_have_lines_and_scripts_stay_out(audited):
    running, key, lines = audited
    assert post(running, key, {"script": f"'{SECRET}' / 1"}).status == 422
    assert post(running, key, {"script": 7, "note": SECRET}).status == 400
    assert post(running, "wrong", {"script": SCRIPT}).status == 401  # no line: nobody's
    # A run's line follows its answer, after what else is due: the next request's may be ahead of it.
    refused, failed = sorted(lines(2), key=lambda line: line["status"])
    assert failed["outcome"] in ("exception", "no_main") and failed["script_sha256"]
    assert refused["outcome"] == "refused" and refused["reason"] == "faulty_request"
    assert "script_sha256" not in refused and refused["address"] == "127.0.0.1"
    assert len(lines(2)) == 2
    assert SECRET not in json.dumps([failed, refused]) and key not in json.dumps([failed, refused])


def test_standard_output_takes_it_apart_from_the_log(start_service):
    running = start_service("--audit-log", "stdout", stderr=subprocess.DEVNULL)
    running.execute(SCRIPT)
    deadline = time.monotonic() + 20
    while '"audit"' not in running.log_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    (line,) = [json.loads(line) for line in running.log_text().splitlines()]
    assert line["outcome"] == "ok" and "key" not in line


def test_a_file_that_cannot_be_opened_ends_the_start(start_service, tmp_path):
    running = start_service("--audit-log", str(tmp_path / "none/audit"), ready=False)
    assert running.process.wait(timeout=30) == 2
    assert "--audit-log" in running.log_text() and "No such file" in running.log_text()


def test_nothing_is_written_without_the_flag(start_service):
    running = start_service()
    running.execute(SCRIPT)
    assert '"audit"' not in running.log_text()
