"""The zygote of an isolated key is killed, or hangs: its key gets another one, and nobody else notices."""

import collections
import concurrent.futures
import contextlib
import os
import signal
import threading
import time

import pytest
from isolated_keys import FULL, IN_SESSION, LIGHT, IsolatedKeys
from keyed_service import HELLO, ask, execute
from service import wait_for, zygote_pids

SLEEPER = "import time\ndef main():\n    time.sleep(9)\n    return 'slept'\n"


@pytest.fixture
def keys(start_service, tmp_path):
    """With one isolated key, and the process ids of its zygote and of those that all share."""
    keys = IsolatedKeys(tmp_path, "plain")
    keys.service = running = start_service("--keys", str(keys.file), "--queue-timeout", "60",
                                           "--sessions-max", "8", ready=False)
    running.wait_until_ready(warm=False)
    keys.wait_until_warm("light")
    # The quick ones stay for as long as a cell of them is there.
    keys.shared = wait_for(lambda: len(found := zygote_pids(running)) == 2 and found)
    keys.reload("plain", "own")
    keys.wait_until_warm("isolated_1")
    (keys.own,) = wait_for(lambda: len(new := zygote_pids(running) - keys.shared) == 1 and new)
    return keys


@contextlib.contextmanager
def load(keys):
    """Requests of the other key for both kinds of shared cells, and /ready: {what is seen: {it: how often}}."""
    seen = {"light": collections.Counter(), "full": collections.Counter(), "ready": collections.Counter()}
    done = threading.Event()

    def call(what, look):
        while not done.is_set():
            seen[what][look()] += 1
            time.sleep(0.02)

    looks = {"light": lambda: keys.where("plain", LIGHT), "full": lambda: keys.where("plain", FULL),
             "ready": lambda: keys.service.request("GET", "/ready").status}
    with concurrent.futures.ThreadPoolExecutor() as pool:
        calls = [pool.submit(call, what, look) for what, look in looks.items()]
        try:
            yield seen
        finally:
            done.set()
        for each in calls:
            each.result()


def assert_nobody_else_noticed(keys, seen):
    assert set(seen["ready"]) == {200}
    places = set(seen["light"]) | set(seen["full"])
    assert places and len(places) <= 2, "a zygote of all was replaced"
    assert zygote_pids(keys.service) >= keys.shared


def test_a_killed_zygote_of_one_key_is_replaced_for_it_alone(keys):
    before = keys.where("own")
    with load(keys) as seen:
        os.kill(keys.own, signal.SIGKILL)
        wait_for(lambda: keys.own not in zygote_pids(keys.service))
        after = wait_for(lambda: (reply := execute(keys.service, HELLO, keys.key("own"))).status == 200
                         and keys.where("own"))
    assert after[0] != before[0] and after[1] != before[1]
    assert_nobody_else_noticed(keys, seen)


def test_a_hung_zygote_of_one_key_is_replaced_for_it_alone(keys):
    """Its requests wait meanwhile, and are served; a run that it had started goes on."""
    before = keys.where("own")
    with concurrent.futures.ThreadPoolExecutor() as pool, load(keys) as seen:
        sleeper = pool.submit(execute, keys.service, SLEEPER, keys.key("own"))
        wait_for(lambda: keys.flavours()["isolated_1"]["in_use"] == 1 and keys.flavours()["isolated_1"]["parked"] == 2)
        os.kill(keys.own, signal.SIGSTOP)
        waiting = [pool.submit(execute, keys.service, LIGHT, keys.key("own")) for _ in range(6)]
        places = [tuple(each.result().result) for each in waiting]
        assert "isolated_1 zygote failed: the zygote does not answer: it is replaced" in keys.service.log_text()
        assert sleeper.result().result == "slept"
        # With its last cell it goes, stopped as it is.
        wait_for(lambda: keys.own not in zygote_pids(keys.service))
    # Two cells lay parked; the others came from a zygote after it.
    assert places.count(before) == 2, places
    assert all(place[0] != before[0] and place[1] != before[1] for place in places if place != before)
    assert_nobody_else_noticed(keys, seen)


def test_a_hung_zygote_of_a_key_that_is_isolated_no_more_ends(keys):
    before = keys.where("own")
    with load(keys) as seen:
        os.kill(keys.own, signal.SIGSTOP)
        keys.reload("plain", "own", isolated=())
        place = keys.where("own")  # at once, from a shared one
        wait_for(lambda: keys.own not in zygote_pids(keys.service))
        wait_for(lambda: 'flavour="isolated_' not in keys.metrics())
    assert place in set(seen["light"])
    assert_nobody_else_noticed(keys, seen)
    keys.reload("plain", "own-next")
    keys.wait_until_warm("isolated_1")
    assert keys.where("own-next") not in {before, place}


def test_sessions_of_a_hung_zygote_go_on_and_new_ones_wait_for_the_next(keys):
    def in_session(path, script):
        return ask(keys.service, keys.key("own"), "POST", f"{path}/execute", {"script": script}).result

    def begin():
        made = ask(keys.service, keys.key("own"), "POST", "/sessions", {})
        if made.status == 503 and "full isolation" in made.error:
            pytest.skip("no sessions at this level")
        assert made.status == 201, made.body
        return f"/sessions/{made.json['session']}"

    before = keys.where("own")
    old = begin()
    in_session(old, "x = 'kept'")
    wait_for(lambda: keys.flavours()["isolated_1_session"]["parked"] == 1)
    with load(keys) as seen:
        os.kill(keys.own, signal.SIGSTOP)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            paths = [each.result() for each in [pool.submit(begin) for _ in range(3)]]
        places = [tuple(in_session(path, IN_SESSION)) for path in paths]
        assert in_session(old, "x") == "kept" and keys.own in zygote_pids(keys.service)
        for path in (old, *paths):
            assert ask(keys.service, keys.key("own"), "DELETE", path).status == 204
        wait_for(lambda: keys.own not in zygote_pids(keys.service))
    assert places.count(before) == 1 and len(set(places)) > 1, places  # one lay parked
    assert_nobody_else_noticed(keys, seen)
