"""Sessions below the full isolation level: one process that lives from run to run, with nothing to go back
to."""

import os
import subprocess
import threading
import time

import pytest

from service import ANSWER_TIME_MAX_S, WITHOUT_CGROUPS, Service, assert_nothing_left, processes_of

KILLED = ["import ctypes\nctypes.string_at(0)", "import os\nos._exit(3)"]


def may_hide_cgroups():
    return subprocess.run([*WITHOUT_CGROUPS, "true"], capture_output=True).returncode == 0


@pytest.fixture(scope="module", params=["chroot or Landlock", "namespaces without a memory cgroup"])
def service(request):
    if "cgroup" in request.param:
        if os.geteuid() != 0 or not may_hide_cgroups():
            pytest.skip("takes root and a mount namespace")
        running = Service(isolation="auto", behind=WITHOUT_CGROUPS)
    else:
        running = Service(isolation="fallback")
    try:
        running.wait_until_ready()
        yield running
    finally:
        code = running.stop()
    assert code == 0, running.log_text()
    assert_nothing_left(running)


class Session:
    """A session of the service under test."""

    def __init__(self, service, **fields):
        self.service = service
        made = service.post_json(fields, path="/sessions")
        assert made.status == 201, made.body
        self.described = made.json
        self.path = "/sessions/" + made.json["session"]

    def run(self, script, **fields):
        return self.service.post_json({"script": script, **fields}, path=self.path + "/execute")

    def call(self, method, path="", body=None):
        return self.service.request(method, self.path + path, body)

    def is_lost(self):
        answer = self.run("1")
        assert answer.status == 404 and answer.json["kind"] == "session_lost", answer.body
        assert "POST /sessions" in answer.error
        return self.call("GET").status == 404


@pytest.fixture
def session(service):
    made = Session(service)
    yield made
    made.call("DELETE")


def test_it_says_that_there_are_no_checkpoints(service, session):
    assert service.request("GET", "/info").json["sessions"]["checkpoints"] is False
    assert session.described["checkpoints"] is False
    assert session.call("GET").json["checkpoints"] is False


def test_variables_imports_and_files_stay(session):
    first = session.run("import math\nx = 20\nopen('a.txt', 'w').write('one')")
    assert first.result == 3
    second = session.run("x += 1\nprint(open('a.txt').read())\nmath.floor(x)")
    assert second.result == 21 and second.stdout == "one\n"
    assert second.json["state"] != first.json["state"]
    described = session.call("GET").json
    assert [state["state"] for state in described["states"]] == [second.json["state"]]


def test_a_run_that_raises_keeps_what_it_did(session):
    failed = session.run("x = 5\n1 / 0")
    assert failed.status == 422 and failed.json["state"]
    assert session.run("x").result == 5


@pytest.mark.parametrize("script", KILLED)
def test_a_run_that_dies_ends_the_session(session, script):
    session.run("x = 1")
    killed = session.run(script)
    assert killed.status == 422 and killed.json["state"] is None
    assert session.is_lost()


@pytest.mark.parametrize("limit, script", [({"cpu_time_s": 1}, "while True: pass"),
                                           ({"wall_time_s": 1}, "import time\ntime.sleep(30)")])
def test_a_run_that_takes_too_long_ends_the_session(session, limit, script):
    killed = session.run(script, limits=limit)
    assert killed.status == 422 and "time limit exceeded (1 s)" in killed.error
    assert session.is_lost()


def test_each_run_has_its_own_cpu_time(session):
    burn = "import time\nend = time.process_time() + 0.7\nwhile time.process_time() < end: pass\n"
    for _ in range(4):
        assert session.run(burn + "1", limits={"cpu_time_s": 2}).result == 1


def test_memory_that_is_used_up_ends_the_session(service):
    session = Session(service, limits={"memory_mb": 64})
    failed = session.run("x = [bytearray(b'x') * (1 << 20) for _ in range(2_000)]")
    assert failed.status == 422 and "emory" in failed.error
    assert failed.json["state"] is None
    assert session.is_lost()


def test_an_interrupt_ends_the_session(session):
    answers = []
    runs = threading.Thread(target=lambda: answers.append(session.run("import time\ntime.sleep(20)")))
    runs.start()
    deadline = time.monotonic() + ANSWER_TIME_MAX_S
    while not session.call("POST", "/interrupt").json["interrupted"]:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    runs.join()
    assert (answers[0].status, answers[0].error) == (422, "the run was interrupted")
    assert session.is_lost()


def test_threads_that_sleep_do_not_end_the_session(session):
    session.run("import threading, time\ndef sleep():\n    while True: time.sleep(0.1)\n"
                "for _ in range(40): threading.Thread(target=sleep, daemon=True).start()")
    time.sleep(6)
    assert session.run("threading.active_count()").result == 41


def test_nothing_goes_back(session):
    first = session.described["state"]
    latest = session.run("x = 1").json["state"]
    for fields in ({"from": first}, {"from": "s99"}, {"on_error": "rollback"}):
        refused = session.run("x = 2", **fields)
        assert refused.status == 409 and refused.json["kind"] == "no_checkpoints", refused.body
    assert session.run("x", **{"from": latest}).result == 1


def test_files_go_in_and_out_as_bytes(session):
    data = bytes(range(256)) * 1_000
    assert session.call("PUT", "/files/a/b.bin", data).status == 200
    assert session.run("len(open('a/b.bin', 'rb').read())").result == len(data)
    listed = session.call("GET", "/files").json["files"]
    assert [(file["path"], file["size"]) for file in listed] == [("a/b.bin", len(data))]
    assert session.call("GET", "/files/a/b.bin").body == data
    assert session.call("DELETE", "/files/a/b.bin").status == 204
    assert session.call("GET", "/files/a/b.bin").status == 404


def test_a_run_sends_back_only_the_files_that_it_changed(session):
    made = session.run("open('a.txt', 'w').write('1')", include=["files"])
    assert [file["path"] for file in made.json["files"]] == ["a.txt"]
    assert session.run("1", include=["files"]).json["files"] == []


def test_the_usage_of_a_run_is_told(session):
    usage = session.run("sum(range(1_000_000))", include=["usage"]).json["usage"]
    assert usage["cpu_ms"] > 0


def test_a_session_begins_with_files_and_variables(service):
    session = Session(service, env={"NAME": "value"}, files=[{"path": "in.txt", "content": "text"}])
    assert session.run("import os\n[os.environ['NAME'], open('in.txt').read()]").result == ["value", "text"]


def test_the_process_of_a_session_goes_with_it(service):
    count = lambda: len(processes_of(service))
    before = count()
    session = Session(service)
    session.run("1")
    session.call("DELETE")
    deadline = time.monotonic() + 10
    while count() > before + 1:  # a parked one takes its place
        assert time.monotonic() < deadline, processes_of(service)
        time.sleep(0.05)


def test_an_idle_session_takes_no_right_to_run(service):
    sessions = [Session(service) for _ in range(3)]
    assert all(one.run("1").result == 1 for one in sessions)
    assert service.execute("def main():\n    return 1\n").result == 1
    for one in sessions:
        one.call("DELETE")
