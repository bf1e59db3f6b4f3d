"""A start that can never succeed ends with status 2 and says why in one line; doctor says the same; a start
that may still succeed is waited for, and nobody waits for one that keeps failing."""

import contextlib
import json
import os
import subprocess
import time

import pytest

from service import BINARY, GUEST_ROOT, ISOLATION, NSJAIL, free_port

START_TIME_MAX_S = 60


def start(*flags, isolation=ISOLATION):
    """How a start ends: (status, [the log's JSON lines])."""
    port = free_port()
    done = subprocess.run(
        [BINARY, "--nsjail", NSJAIL, "--guest-root", GUEST_ROOT, "--cell-uid-first", str(700_000_000 + port),
         "--isolation", isolation, "--log-format", "json", *flags], capture_output=True, text=True,
        check=False, timeout=START_TIME_MAX_S, env={"PATH": os.environ["PATH"], "PORT": str(port)})
    return done.returncode, [json.loads(line) for line in done.stderr.splitlines()]


def doctor(*flags):
    return subprocess.run([BINARY, "doctor", "--nsjail", NSJAIL, "--guest-root", GUEST_ROOT, *flags],
                          capture_output=True, text=True, check=False, timeout=30)


NEVER = [  # flags, what the last line says
    (["--preload", "no_such_module"],
     "--preload no_such_module: ModuleNotFoundError: No module named 'no_such_module'"),
    (["--preload", "json,numpy.no_such_part"],
     "--preload numpy.no_such_part: ModuleNotFoundError: No module named 'numpy.no_such_part'"),
    (["--guest-root", "/nowhere"], "--guest-root /nowhere: No such file or directory (it has no"),
    (["--guest-root", "/usr"], "--guest-root /usr: No such file or directory (it has no"),
]
NEVER_WITH_NSJAIL = [
    (["--nsjail", "/nowhere"], "--nsjail /nowhere: No such file or directory"),
    (["--nsjail", "/usr/bin/env"], "(nsjail.cfg must lie beside it)"),
    (["--nsjail", "/etc/passwd"], "--nsjail /etc/passwd: Permission denied"),
]


@pytest.mark.parametrize(("flags", "why"), NEVER)
def test_what_can_never_work_ends_the_start(flags, why):
    status, lines = start(*flags)
    assert status == 2, lines
    assert (lines[-1]["severity"], lines[-1]["logger"]) == ("CRITICAL", "server")
    assert lines[-1]["message"].startswith("cannot serve: ") and why in lines[-1]["message"]
    assert sum(line["severity"] in ("ERROR", "CRITICAL") for line in lines) == 1, lines


@pytest.mark.parametrize(("flags", "why"), NEVER_WITH_NSJAIL)
def test_a_wrong_nsjail_ends_the_start_where_it_is_used(flags, why):
    if "namespaces" not in doctor().stdout or "MISSING  namespaces" in doctor().stdout:
        pytest.skip("nsjail is not used here")
    status, lines = start(*flags, isolation="auto")
    assert status == 2, lines
    assert lines[-1]["message"].startswith("cannot serve: ") and why in lines[-1]["message"]


def test_a_level_that_cannot_be_had_ends_the_start(tmp_path):
    """As an ordinary user, whose runs have no uid of their own."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become another user")
    command = ["setpriv", "--reuid", "12345", "--regid", "12345", "--clear-groups", "--inh-caps=-all", BINARY,
               "--nsjail", NSJAIL, "--guest-root", GUEST_ROOT, "--isolation", "full"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=START_TIME_MAX_S,
                          env={"PATH": os.environ["PATH"], "PORT": str(free_port())})
    assert done.returncode == 2, done.stderr
    assert "cannot serve: " in done.stderr.splitlines()[-1]


# ---- doctor ----

@pytest.mark.parametrize("flags", [["--guest-root", "/nowhere"], ["--nsjail", "/nowhere"]])
def test_doctors_result_follows_the_worst_line(flags):
    if flags[0] == "--nsjail" and "MISSING  namespaces" in doctor().stdout:
        pytest.skip("nsjail is not used here")
    done = doctor(*flags)
    assert done.returncode == 1, done.stdout
    assert done.stdout.splitlines()[-1].startswith("result: cannot serve: ")
    assert "/nowhere" in done.stdout.splitlines()[-1]


def test_doctor_is_content_without_nsjail_where_nothing_uses_it():
    done = doctor("--nsjail", "/nowhere", "--isolation", "fallback")
    assert done.returncode == 0 and "result: isolation level fallback" in done.stdout, done.stdout


# ---- a start that keeps failing ----

def test_a_start_that_keeps_failing_is_not_awaited(start_service):
    """The proof of the layers is tried again for ever: after the second try requests are answered at once."""
    running = start_service("--fail-step", "rlimits", "--queue-timeout", "50", ready=False)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if "enter the jail" in running.request("GET", "/ready", timeout_s=5).body.decode():
                break
        time.sleep(0.05)
    replies = [running.execute("def main():\n    return 1") for _ in range(3)]
    for reply in replies:
        assert reply.status == 503 and "not ready: " in reply.error and "rlimits" in reply.error
        assert int(reply.headers["Retry-After"]) >= 1
        assert reply.elapsed_s < 25  # of the 50 s that it may wait
    done = subprocess.run([BINARY, "health", "--port", str(running.port)], capture_output=True, text=True,
                          check=False, timeout=30)
    assert done.returncode == 1 and "/ready answered 503: " in done.stderr and "rlimits" in done.stderr
    assert running.request("GET", "/health").status == 200
