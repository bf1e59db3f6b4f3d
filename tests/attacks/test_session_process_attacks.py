"""What a session's scripts can try where the session is one process without a keeper (below the full
isolation level): it must be no more than in a cell for one run, and end with the session."""

import json
import subprocess
import threading
import time

import pytest

from attacks.aftermath import settle
from attacks.judge import CASES_DIRECTORY
from service import ANSWER_TIME_MAX_S, BINARY, Service, assert_nothing_left

LIMITS = {"wall_time_s": 8, "cpu_time_s": 6}
BURN = ("import hashlib, threading\n"
        "def burn():\n    while True: hashlib.pbkdf2_hmac('sha256', b'', b'', 10_000_000)\n"
        "for _ in range(4): threading.Thread(target=burn, daemon=True).start()")


@pytest.fixture(scope="module")
def bare():
    running = Service("--session-memory-max", "128", isolation="fallback").wait_until_ready()
    yield running
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


@pytest.fixture
def session(bare):
    """A new session: session(script, **fields) runs in it."""
    made = bare.post_json({}, path="/sessions")
    assert made.status == 201, made.body
    path = "/sessions/" + made.json["session"]

    def run(script, **fields):
        return bare.post_json({"script": script, "limits": LIMITS, **fields}, path=f"{path}/execute")

    run.path = path
    yield run
    bare.request("DELETE", path)


def still_serves(bare):
    other = bare.post_json({}, path="/sessions").json["session"]
    answer = bare.post_json({"script": "40 + 2"}, path=f"/sessions/{other}/execute")
    bare.request("DELETE", f"/sessions/{other}")
    return answer.result == 42 and bare.execute("def main():\n    return 1\n").result == 1


@pytest.mark.parametrize("call", [
    "fork()", "vfork()", "syscall(56, 17, 0, 0, 0, 0)", "syscall(56, 0x01200011, 0, 0, 0, 0)", "syscall(57)",
    "syscall(435, 0, 0)", "syscall(324, 0, ctypes.c_uint64(0x66a70b517e3dc94f), 0, 0, 0)",
])
def test_no_call_makes_a_process_or_reaches_a_keeper(session, bare, call):
    for _ in range(2):  # not in a later run either
        answer = session(f"import ctypes\nctypes.CDLL(None).{call}")
        assert answer.status == 422 or answer.result == -1, answer.body
    assert still_serves(bare)


def test_threads_that_compute_between_runs_end_the_session(session, bare):
    assert session(BURN).status == 200
    deadline = time.monotonic() + 30
    while bare.request("GET", session.path).status != 404:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert session("1").json["kind"] == "session_lost"
    settle(bare)  # its process is gone
    assert still_serves(bare)


def test_a_reply_that_comes_early_does_not_free_a_script_of_its_limits(session, bare):
    session("import os, struct\nos.write(3, struct.pack('<II', 4, 4) + b'null')\nwhile True: pass")
    deadline = time.monotonic() + 30
    while bare.request("GET", session.path).status != 404:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert still_serves(bare)


def test_replies_between_runs_are_the_answers_of_no_other_session(session, bare):
    session("import os, struct, threading\n"
            "def later():\n"
            "    while True: os.write(3, struct.pack('<II', 4, 4) + b'\"no\"')\n"
            "threading.Thread(target=later, daemon=True).start()")
    for _ in range(3):
        assert session("1").status in (200, 404, 422)
    assert still_serves(bare)


def test_a_script_that_reads_the_request_pipe_harms_its_own_session(session, bare):
    session("import os, threading\n"
            "def steal():\n    while os.read(4, 1 << 20): pass\n"
            "threading.Thread(target=steal, daemon=True).start()")
    for _ in range(2):
        assert session("1", limits={"wall_time_s": 1}).status in (200, 404, 422, 503)
    assert still_serves(bare)


def test_closing_every_descriptor_ends_the_session(session, bare):
    assert session("import os\nos.closerange(0, 256)").status == 422
    assert session("1").json["kind"] == "session_lost"
    assert still_serves(bare)


def test_links_show_no_file_of_the_host(session, bare):
    session("import os\nfor name, to in (('a', '/etc/passwd'), ('b', '/proc/1/maps'), ('c', '/'), ('d', '..')):\n"
            "    os.symlink(to, name)\nopen('real', 'w').write('mine')")
    listed = {file["path"] for file in bare.request("GET", f"{session.path}/files").json["files"]}
    assert listed == {"real"}
    for path in ("a", "b", "c/etc/passwd", "d/tmp", "../real", "%2e%2e/real", "/etc/passwd"):
        reply = bare.request("GET", f"{session.path}/files/{path}")
        assert reply.status in (400, 404), (path, reply.status, reply.body[:200])


def test_sessions_do_not_see_each_others_files(session, bare):
    session("import os\nopen('mine', 'w').write('x')\nopen('/tmp/mine', 'w').write('x')")
    place = session("import os\nos.getcwd()").result
    other = bare.post_json({}, path="/sessions").json["session"]
    script = ("import os\ndef seen(path):\n    try: return os.path.exists(path) and open(path).read()\n"
              "    except OSError: return False\n"
              f"[seen('/tmp/mine'), seen('mine'), os.getcwd() != {place!r} and seen({place!r} + '/mine')]")
    answer = bare.post_json({"script": script}, path=f"/sessions/{other}/execute")
    bare.request("DELETE", f"/sessions/{other}")
    assert answer.result == [False, False, False]


def test_execute_interrupt_and_delete_may_race(bare):
    for _ in range(15):
        path = "/sessions/" + bare.post_json({}, path="/sessions").json["session"]
        calls = [lambda: bare.post_json({"script": "x = 1\nimport time\ntime.sleep(0.05)"}, path=path + "/execute"),
                 lambda: bare.request("POST", path + "/interrupt"), lambda: bare.request("DELETE", path)]
        threads = [threading.Thread(target=call) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert bare.request("GET", path).status == 404
    assert still_serves(bare)


DIFFERENT_IN_SESSIONS = {
    "no_descriptor_but_the_runs_own_is_open": "the reading end of the session's own request pipe stays open",
    "touching_every_shared_page_is_charged": "the peak of memory is the session's, and not told for a run",
    "no_limit_can_be_raised": "RLIMIT_CPU counts a process, which runs many scripts: the server counts each run",
}


@pytest.mark.timeout(1500)
def test_the_battery_holds_in_sessions_without_checkpoints(bare):
    """Every case in a session of its own, with the memory that a plain run has."""
    done = subprocess.run(
        [BINARY, "attack", "--json", "--in-sessions", "--cases", CASES_DIRECTORY, "--timeout",
         str(ANSWER_TIME_MAX_S), "--url", f"http://127.0.0.1:{bare.port}"],
        stdout=subprocess.PIPE, text=True, check=False, timeout=1500)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    cases = [line for line in lines if "verdict" in line and "companion" not in line and "name" in line]
    assert len(cases) > 200
    failed = {line["name"]: line["seen"] for line in cases if line["verdict"] not in ("held", "weaker")}
    assert failed.keys() - DIFFERENT_IN_SESSIONS.keys() == set(), failed
