"""Sessions: state, branches, rollback, files."""

import threading
import time

import pytest

import forkjail

pytestmark = pytest.mark.usefixtures("need_sessions")


@pytest.fixture
def session(client):
    with client.session() as session:
        yield session


def test_state_lives_from_run_to_run(session):
    session.run("x = [1, 2]")
    assert session.run("x.append(3); x").result == [1, 2, 3]


def test_branches_do_not_see_each_other(session):
    session.run("x = 1")
    branch = session.branch()
    session.run("x += 10")
    assert branch.run("x += 100; x").result == 101
    assert session.run("x").result == 11
    assert branch.run("x").result == 101


def test_branch_from_a_named_state(session):
    session.run("x = 1")
    kept = session.state
    session.run("x = 2")
    assert session.branch(kept).run("x").result == 1
    assert session.run("x").result == 2


def test_rollback_goes_to_the_state_before(session):
    session.run("x = 1")
    before = session.state
    session.run("x = 2")
    assert session.rollback() == before
    assert session.run("x").result == 1


def test_rollback_to_a_named_state(session):
    session.run("x = 1")
    kept = session.state
    for value in (2, 3):
        session.run(f"x = {value}")
    session.rollback(kept)
    assert session.run("x").result == 1


def test_killed_run_leaves_the_session_as_it_was(session):
    session.run("x = 1")
    before = session.state
    with pytest.raises(forkjail.TimeLimit) as raised:
        session.run("x = 2\nwhile True: pass", limits={"cpu_time_s": 1})
    assert raised.value.state == session.state == before
    assert session.run("x").result == 1


def test_exception_keeps_or_rolls_back(session):
    session.run("x = 1")
    for on_error, after in (("rollback", 1), ("keep", 2)):
        with pytest.raises(forkjail.ScriptException):
            session.run("x = 2\n1/0", on_error=on_error)
        assert session.run("x").result == after


def test_stream_moves_the_session(session):
    before = session.state
    events = list(session.stream("x = 5\nprint(x)"))
    assert events[-1].result.state == session.state != before
    assert session.run("x").result == 5


def test_stream_that_is_left_rolls_back(session):
    session.run("x = 1")
    with session.stream("x = 2\nprint('on', flush=True)\nimport time\ntime.sleep(25)") as events:
        next(iter(events))
    assert session.run("x").result == 1


def test_files_up_and_down(session, tmp_path):
    (tmp_path / "local.bin").write_bytes(b"\xff")
    session.upload("d/text é.txt", "content")
    session.upload("raw", tmp_path / "local.bin")
    assert session.run("open('d/text é.txt').read()").result == "content"
    assert session.download("raw") == b"\xff"
    assert {(file.path, file.size) for file in session.files()} == {("d/text é.txt", 7), ("raw", 1)}
    session.delete_file("raw")
    with pytest.raises(forkjail.FileUnknown):
        session.download("raw")


def test_files_are_those_of_the_branch(session):
    session.upload("f", "of both")
    branch = session.branch()
    branch.upload("f", "of the branch")
    assert session.download("f") == b"of both"
    assert branch.download("f") == b"of the branch"


def test_states_have_parents(session):
    session.run("x = 1")
    states = session.states()
    assert [state.parent for state in states] == [None, states[0].state]
    assert states[-1].state == session.state
    assert states[0].created_at.tzinfo is not None


def test_first_state_has_none_before_it(session):
    with pytest.raises(forkjail.StateUnknown):
        session.rollback()


def test_state_that_is_not_kept(session):
    session.rollback("s99")
    with pytest.raises(forkjail.StateUnknown):
        session.run("1")


def test_files_environment_and_limits_of_a_new_session(client):
    with client.session(files={"f": "x"}, env={"NAME": "v"}, limits=forkjail.SessionLimits(idle_s=60)) as session:
        assert session.run("import os\nopen('f').read() + os.environ['NAME']").result == "xv"


def test_session_is_attached_to_by_its_id(client, session):
    session.run("x = 7")
    assert client.attach(session.id).run("x").result == 7


def test_ended_session_is_gone(client):
    with client.session() as session:
        pass
    with pytest.raises(forkjail.SessionGone) as raised:
        session.run("1")
    assert raised.value.kind == "session_unknown"
    session.close()


def test_interrupt_ends_the_run(client, session):
    assert session.interrupt() is False
    ended = []

    def run():
        try:
            session.run("import time\ntime.sleep(25)")
        except forkjail.Interrupted as error:
            ended.append(error.kind)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 20
    other = client.attach(session.id)
    while not other.interrupt():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    thread.join(timeout=20)
    assert ended == ["interrupt"]


def test_listing_of_sessions_without_keys_is_empty(client, session):
    assert client.sessions() == []
