"""A zygote that hangs is replaced; nobody but who needs a cell of it waits, and no run is lost with it."""

import collections
import concurrent.futures
import contextlib
import os
import signal
import threading
import time

import pytest

from service import processes_of, wait_for, zygotes_of

HELLO = "def main():\n    return 'hello'\n"
NUMPY = "import numpy as np\n\n\ndef main():\n    return int(np.arange(5).sum())\n"
SLEEPER = "import time\n\n\ndef main():\n    time.sleep(9)\n    return 'slept'\n"

@contextlib.contextmanager
def stopped(pid):
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def load(running, pool):
    """Requests of both kinds, one after the other each; counts the answers, {script: {status: number}}."""
    answers = {HELLO: collections.Counter(), NUMPY: collections.Counter()}
    ending = threading.Event()

    def ask(script):
        while not ending.is_set():
            answers[script][running.execute(script).status] += 1
            time.sleep(0.05)

    clients = [pool.submit(ask, script) for script in (HELLO, NUMPY) * 2]
    try:
        yield answers
    finally:
        ending.set()
    for client in clients:
        client.result()


@pytest.mark.parametrize("flavour", ["light", "full"])
def test_hung_zygote_is_replaced_and_no_request_is_refused(start_service, flavour):
    running = start_service()
    hung = zygotes_of(running)[flavour]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        # A run of a cell of that zygote goes on meanwhile.
        sleeper = pool.submit(running.execute, SLEEPER if flavour == "light" else "import numpy\n" + SLEEPER)
        with load(running, pool) as answers, stopped(hung):
            said = wait_for(lambda: (reply := running.request("GET", "/ready")).status == 503 and reply)
            assert "does not answer" in said.error, said.error
            wait_for(lambda: running.request("GET", "/ready").status == 200)
            before = {script: counter.total() for script, counter in answers.items()}
            time.sleep(2)
            for script, counter in answers.items():
                assert counter.total() > before[script], "nothing is served while it hangs"
            assert sleeper.result().result == "slept"
            # With its last cell it goes, stopped as it is.
            wait_for(lambda: hung not in processes_of(running))
    assert [set(counter) for counter in answers.values()] == [{200}, {200}], answers
    wait_for(lambda: running.request("GET", "/info").json["pool"]["dying"] == 0)


def test_other_flavour_goes_on_before_it_is_noticed(start_service):
    running = start_service("--queue-timeout", "2")
    with stopped(zygotes_of(running)["light"]):
        deadline = time.monotonic() + 2.5  # less than the supervisor waits
        while time.monotonic() < deadline:
            assert running.execute(HELLO).result == "hello"
            assert running.execute(NUMPY).result == 10


def test_zygote_that_stops_for_a_moment_is_kept(start_service):
    running = start_service()
    zygotes = zygotes_of(running)
    for _ in range(3):
        with stopped(zygotes["light"]):
            assert running.execute(HELLO).result == "hello"
            time.sleep(0.5)
    assert running.execute(HELLO).result == "hello"
    assert zygotes_of(running) == zygotes
    assert "does not answer" not in running.log_text()


def test_late_answer_of_a_replaced_zygote_does_no_harm(start_service):
    running = start_service()
    hung = zygotes_of(running)["light"]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        with stopped(hung):
            # Holds it for longer than it is stopped: so it wakes up as one that was replaced.
            sleeper = pool.submit(running.execute, SLEEPER)
            time.sleep(0.2)
            wait_for(lambda: running.execute(HELLO) and "does not answer" in running.log_text())
        wait_for(lambda: running.request("GET", "/ready").status == 200)
        assert sleeper.result().result == "slept"
    for _ in range(30):
        assert running.execute(HELLO).result == "hello"
    wait_for(lambda: hung not in processes_of(running))
    wait_for(lambda: running.request("GET", "/info").json["pool"]["dying"] == 0)
