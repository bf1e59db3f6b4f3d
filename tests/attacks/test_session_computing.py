"""Scripts that compute where no run of theirs goes on: while their state is copied, behind their reply, between
two runs. That is bounded, holds a right to run, or ends the state."""

import time

import pytest

from attacks.sessions import LIMITS
from service import wait_for

BURN = ("import hashlib, threading, time\n"
        "def burn():\n    while True: hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1)\n")
IN_THREADS = BURN + "for _ in range(4): threading.Thread(target=burn, daemon=True).start()\n"
IN_COPIES = BURN + """import _thread, ctypes
@ctypes.CFUNCTYPE(None)
def in_copy():
    for _ in range(2): _thread.start_new_thread(burn, ())
    time.sleep(0.02)  # they need the interpreter's lock to begin
ctypes.CDLL(None).__register_atfork(None, None, in_copy, None)
"""
REPLY_AND_BURN = BURN + "import os, struct\nos.write(3, struct.pack('<II', 4, 4) + b'\"no\"')\nburn()"


def running(service):
    return service.request("GET", "/info").json["pool"]["running"]


def rests(session):
    return session.computes() < 0.1


@pytest.mark.parametrize("when", ["before", "after_in_parent"])
def test_a_hook_of_the_copy_computes_for_a_moment_and_ends_its_state(session, when):
    kept = session("x = 1").json["state"]
    time.sleep(0.2)
    session(BURN + f"import os\nos.register_at_fork({when}=burn)\nx = 2")
    wait_for(lambda: rests(session), within_s=12)
    assert session("x", **{"from": kept}).result == 1


def test_a_hook_of_the_process_that_is_made_again_ends_the_session(session):
    """It has eaten the state that the session would go on with. Until then it holds a right to run."""
    session(BURN + "import os\nos.register_at_fork(after_in_child=burn)")
    time.sleep(0.2)
    assert session("import ctypes\nctypes.string_at(0)").status == 422
    wait_for(lambda: session.processes() == 0, within_s=20)
    assert session("1").status == 404


def test_a_kept_state_that_computes_is_ended(session, service):
    kept = session("x = 1").json["state"]
    session(IN_COPIES)
    wait_for(lambda: rests(session), within_s=5)
    wait_for(lambda: running(service) == 0, within_s=1)
    assert session("x", **{"from": kept}).result == 1


def test_a_process_that_is_made_again_between_runs_computes_nothing_before_the_next_run(session):
    """Its hook leaves threads that end it, and the next process would have the same hook."""
    session(IN_THREADS + "import os\ndef hook():\n"
            "    end = time.monotonic() + 3\n"
            "    while time.monotonic() < end: pass\n"
            "    for _ in range(4): threading.Thread(target=burn, daemon=True).start()\n"
            "    time.sleep(0.05)\n"
            "os.register_at_fork(after_in_child=hook)\nx = 1")
    wait_for(lambda: rests(session), within_s=5)
    assert max(session.computes() for _ in range(6)) < 0.1
    assert session("x").result == 1


def test_copies_that_end_themselves_are_not_made_again_before_the_next_run(session):
    """Each copy would call the script's function for almost half a second of CPU time."""
    session("import _thread, ctypes, signal, time\n"
            "@ctypes.CFUNCTYPE(None)\ndef before():\n"
            "    end = time.monotonic() + 0.3\n"
            "    while time.monotonic() < end: pass\n"
            "def later():\n"
            "    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGALRM])\n    time.sleep(100)\n"
            "@ctypes.CFUNCTYPE(None)\ndef in_copy():\n"
            "    _thread.start_new_thread(later, ())\n"
            "    signal.setitimer(signal.ITIMER_REAL, 0.5)\n    time.sleep(0.02)\n"
            "ctypes.CDLL(None).__register_atfork(before, None, in_copy, None)\nx = 1")
    time.sleep(1)
    assert max(session.computes() for _ in range(4)) < 0.1
    assert session("x").result == 1


def test_a_run_that_is_stopped_before_it_began_gives_its_right_to_run_back(session, service):
    kept = session("import os, time\nos.register_at_fork(after_in_child=lambda: time.sleep(2))\nx = 1").json["state"]
    session("x = 2")
    wait_for(lambda: running(service) == 0, within_s=5)
    stopped = session("x", limits={"wall_time_s": 1}, **{"from": kept})
    assert stopped.status == 422, stopped.body
    wait_for(lambda: running(service) == 0, within_s=6)
    assert session("x").result == 1


def test_a_run_that_has_replied_and_computes_on_is_ended(session, service):
    kept = session("x = 1").json["state"]
    wait_for(lambda: running(service) == 0, within_s=5)
    assert session(REPLY_AND_BURN).result == "no"
    assert running(service) == 1, "it holds its right to run"
    wait_for(lambda: rests(session), within_s=6)
    wait_for(lambda: running(service) == 0, within_s=1)
    assert session("x", **{"from": kept}).result == 1


def test_threads_between_runs_that_follow_each_other_soon_are_ended(session):
    session("x = 1")
    outside = 0.0
    for _ in range(8):
        session("import threading\nif threading.active_count() == 1:\n" +
                "".join(f"    {line}\n" for line in IN_THREADS.splitlines()))
        before = session.cpu_seconds()
        time.sleep(0.25)
        outside += max(0.0, session.cpu_seconds() - before)
    assert outside < 1.5, f"{outside} s of CPU time in 2 s without a run"
    assert session("x", limits=LIMITS | {"cpu_time_s": 1}).result == 1
