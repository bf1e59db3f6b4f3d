"""kill -9 of whatever holds a session, while it is idle and in the middle of a run: the answer says what
happened, the service goes on where it can, and nothing of the session is left."""

import collections
import contextlib
import functools
import os
import threading
from pathlib import Path

import pytest

from service import assert_nothing_left, cgroups_of, parent_of, processes_of, wait_for, zygotes_of

wait_for = functools.partial(wait_for, within_s=20)

HELLO = "def main():\n    return 'hello'\n"
SPIN = "x = 2\nopen('left', 'w').write('by the run')\nwhile True: pass"


@pytest.fixture
def service(start_service):
    running = start_service("--sessions-max", "8")
    if not running.has_sessions():
        pytest.skip("needs: sessions")
    return running


class Session:
    def __init__(self, service):
        self.service = service
        made = service.post_json({}, path="/sessions")
        assert made.status == 201, made.body
        self.path = "/sessions/" + made.json["session"]
        self.state = self.run("x = 1").json["state"]

    def run(self, script, **fields):
        return self.service.post_json({"script": script, **fields}, path=self.path + "/execute")

    def answer(self):
        return self.service.request("GET", self.path)


def state_of(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]


def ticks_of(pid):
    with contextlib.suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11])
    return 0


def trees_of(service):
    """{keeper: [its states]} of the sessions that were used. One that waits for its session has one state."""
    parents = {}
    for pid in processes_of(service):
        with contextlib.suppress(OSError):
            parents[pid] = parent_of(pid)
    zygotes = set(zygotes_of(service).values())
    states = collections.defaultdict(list)
    for pid, above in parents.items():
        chain = [pid]
        while chain[-1] in parents and chain[-1] not in zygotes:
            chain.append(parents[chain[-1]])
        if chain[-1] in zygotes and len(chain) > 2:
            states[chain[-2]].append(pid)
    return {keeper: pids for keeper, pids in states.items() if len(pids) > 1}


def tree_of(service):
    """Once the session at rest has its kept states: the head, s1 and s2."""
    return wait_for(lambda: next(((keeper, states) for keeper, states in trees_of(service).items()
                                  if len(states) == 3), None))


@contextlib.contextmanager
def spinning(session):
    """A run that goes on for ever; the block gets its process and the list that its answer is put into."""
    before = processes_of(session.service)
    used = {pid: ticks_of(pid) for pid in before}
    answers = []

    def ask():
        try:
            answers.append(session.run(SPIN, include=["details"]))
        except OSError as error:
            answers.append(error)

    client = threading.Thread(target=ask)
    client.start()
    try:
        yield wait_for(lambda: next((pid for pid in processes_of(session.service)
                                     if ticks_of(pid) > used.get(pid, 0) + 20
                                     and parent_of(pid) not in (1, session.service.process.pid)
                                     and pid not in zygotes_of(session.service).values()), None)), answers
    finally:
        client.join()


# ---- a process of the session ----


@pytest.mark.parametrize("which", range(3))
def test_any_one_state_of_an_idle_session_may_die(service, which):
    session = Session(service)
    keeper, states = tree_of(service)
    killed = sorted(states)[which]
    is_head = parent_of(killed) == keeper
    os.kill(killed, 9)
    # A run that reaches the head while it dies is lost with it. The keeper reaps the head; what is left of a
    # kept state stays while the state sleeps that made it.
    wait_for(lambda: not Path(f"/proc/{killed}").exists() or (not is_head and state_of(killed) == "Z"))
    reply = session.run("x")
    assert reply.result == 1
    assert session.run("x += 1; x").result == 2


def test_a_head_that_dies_in_a_run_leaves_the_session_as_it_was(service):
    session = Session(service)
    with spinning(session) as (head, answers):
        os.kill(head, 9)
    assert answers[0].status == 500, answers[0].body
    assert "something outside the service killed the script" in answers[0].error
    assert answers[0].json["state"] == session.state
    assert session.run("import os; x, os.listdir('.')").result == [1, []]


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_a_session_without_its_keeper_is_lost_alone(service, busy):
    other, session = Session(service), None
    others, _ = tree_of(service)
    session = Session(service)
    keeper = wait_for(lambda: next((keeper for keeper, states in trees_of(service).items()
                                    if keeper != others and len(states) == 3), None))
    states = trees_of(service)[keeper]
    if busy:
        with spinning(session) as (_, answers):
            os.kill(keeper, 9)
        assert answers[0].status == 500, answers[0].body
        assert "lost this run" in answers[0].error
    else:
        os.kill(keeper, 9)
    reply = wait_for(lambda: (got := session.answer()).status == 404 and got)
    assert reply.json["kind"] == "session_lost"
    wait_for(lambda: not {keeper, *states} & set(processes_of(service)))
    assert other.run("x").result == 1
    assert Session(service).run("x").result == 1
    wait_for(lambda: service.request("GET", "/info").json["pool"]["dying"] == 0)


# ---- what is around it ----


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_a_zygote_takes_its_sessions_with_it_and_the_service_goes_on(service, busy):
    session = Session(service)
    keeper, states = tree_of(service)
    zygote = zygotes_of(service)["full"]
    if busy:
        with spinning(session) as (_, answers):
            os.kill(zygote, 9)
        assert answers[0].status == 500, answers[0].body
        assert answers[0].error == "the service lost this run: the process that watched the run was lost"
    else:
        os.kill(zygote, 9)
    reply = wait_for(lambda: (got := session.answer()).status == 404 and got)
    assert reply.json["kind"] == "session_lost"
    wait_for(lambda: not {keeper, zygote, *states} & set(processes_of(service)))
    assert service.execute(HELLO).result == "hello"
    wait_for(lambda: service.request("GET", "/ready").status == 200)
    assert Session(service).run("x").result == 1
    wait_for(lambda: service.request("GET", "/info").json["pool"]["dying"] == 0)


def test_the_other_zygote_takes_none(service):
    session = Session(service)
    os.kill(zygotes_of(service)["light"], 9)
    assert session.run("x += 1; x").result == 2
    wait_for(lambda: service.request("GET", "/ready").status == 200)
    assert session.run("x").result == 2


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_nothing_is_left_of_the_sessions_of_a_server_that_was_killed(service, busy):
    sessions = [Session(service) for _ in range(3)]
    tree_of(service)
    with spinning(sessions[0]) if busy else contextlib.nullcontext():
        service.process.kill()
    assert service.process.wait(timeout=15) == -9
    assert_nothing_left(service)


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_what_a_killed_supervisor_leaves_is_removed_at_the_next_start(service, start_service, busy):
    sessions = [Session(service) for _ in range(3)]
    tree_of(service)
    (supervisor,) = service.children
    with spinning(sessions[0]) if busy else contextlib.nullcontext():
        os.kill(supervisor, 9)
    assert service.process.wait(timeout=15) == 1
    assert "lost the supervisor" in service.log_text()
    wait_for(lambda: not processes_of(service))
    assert cgroups_of(service), "nothing is left for the next start to remove"
    start_service()
    assert_nothing_left(service)
