"""What waits, or goes on, while a key gets a zygote of its own or loses it: served by the right cell or
refused, and never by another's."""

import concurrent.futures
import contextlib
import json
import threading

import pytest
from isolated_keys import FULL, IN_SESSION, LIGHT, IsolatedKeys
from keyed_service import HELLO, ask, execute
from service import Service, assert_nothing_left, wait_for

CHANGED = "the key was changed meanwhile"
SLEEPER = "import time\ndef main():\n    time.sleep(90)\n"


class OneAfterTheOther(IsolatedKeys):
    """A service of one run at a time, that `plain` holds while something is looked at."""

    def pool(self):
        return ask(self.service, self.watcher(), "GET", "/info").json["pool"]

    @contextlib.contextmanager
    def held(self):
        """What ends it: the run's client leaves."""
        body = json.dumps({"script": SLEEPER}).encode()
        with self.service.connect() as holder:
            holder.sendall(b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"X-API-Key: %s\r\nContent-Length: %d\r\n\r\n%s"
                           % (self.key("plain").encode(), len(body), body))
            wait_for(lambda: self.pool()["running"] == 1)

            def release():
                assert self.pool()["running"] == 1 and self.pool()["queued"] > 0, "it held nothing up"
                holder.close()
            yield release

    @contextlib.contextmanager
    def waiting(self, name, path, body):
        """The answer, to come, to a request of this key that is in the queue."""
        before = self.pool()["queued"]
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            answer = pool.submit(ask, self.service, self.key(name), "POST", path, body)
            wait_for(lambda: self.pool()["queued"] == before + 1)
            yield answer

    def shared(self):
        return {self.where("plain", LIGHT), self.where("plain", FULL)}


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    keys = OneAfterTheOther(tmp_path_factory.mktemp("keys"), "own", "plain", "other")
    keys.service = running = Service("--keys", str(keys.file), "--sessions-max", "4", "--running-max", "1",
                                     "--running-reserve", "0", "--queue-timeout", "60", "--wall-time-max", "100")
    running.wait_until_ready(warm=False)
    keys.wait_until_warm("isolated_1")
    yield keys
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


@pytest.fixture(autouse=True)
def unharmed(keys):
    """Each test begins with the one key isolated, and leaves all of them served."""
    keys.reload("own", "plain", "other")
    keys.wait_until_warm("isolated_1")
    yield
    for name in ("own", "plain", "other"):
        assert execute(keys.service, HELLO, keys.key(name)).result == "hello"


@pytest.mark.parametrize("path, body", [("/execute", {"script": LIGHT}), ("/execute", {"script": FULL}),
                                        ("/sessions", {})], ids=["light", "full", "session"])
@pytest.mark.parametrize("name, after", [("own", ()), ("other", ("own", "other"))], ids=["loses", "gets"])
def test_what_waits_while_its_key_gets_or_loses_a_zygote_is_refused(keys, name, after, path, body):
    with keys.held() as release, keys.waiting(name, path, body) as answer:
        keys.reload("own", "plain", "other", isolated=after)
        release()
        reply = answer.result()
        assert reply.status == 503 and CHANGED in reply.error, reply.body


def test_what_waits_when_its_isolated_key_is_removed_is_never_served(keys):
    with keys.held() as release, keys.waiting("own", "/execute", {"script": LIGHT}) as answer:
        keys.reload("plain", "other")
        wait_for(lambda: 'flavour="isolated_' not in keys.metrics())
        keys.reload("plain", "own-next")  # in its place
        keys.wait_until_warm("isolated_1")
        release()
        assert answer.result().status == 503
    assert execute(keys.service, HELLO, keys.key("own")).status == 401
    keys.reload("plain")
    wait_for(lambda: 'flavour="isolated_' not in keys.metrics())
    keys.reload("own", "plain", "other")


def test_what_waits_while_its_zygote_goes_and_comes_is_not_served_by_a_shared_one(keys):
    shared, before = keys.shared(), keys.where("own")
    with keys.held() as release, keys.waiting("own", "/execute", {"script": LIGHT}) as answer:
        keys.reload("own", "plain", "other", isolated=())
        wait_for(lambda: 'flavour="isolated_' not in keys.metrics())
        keys.reload("own", "plain", "other")
        keys.wait_until_warm("isolated_1")
        release()
        place = tuple(answer.result().result)
    assert place not in shared | {before} and place == keys.where("own")


def test_a_run_that_waits_for_its_session_is_that_sessions_whatever_its_key_becomes(keys):
    made = ask(keys.service, keys.key("other"), "POST", "/sessions", {})
    if made.status == 503:
        pytest.skip(f"no sessions here: {made.error}")
    path = f"/sessions/{made.json['session']}"
    body = {"script": IN_SESSION}
    before = ask(keys.service, keys.key("other"), "POST", f"{path}/execute", body).result
    assert tuple(before) in keys.shared()
    with keys.held() as release, keys.waiting("other", f"{path}/execute", body) as answer:
        keys.reload("own", "plain", "other", isolated=("own", "other"))
        release()
        assert answer.result().result == before
    assert ask(keys.service, keys.key("other"), "DELETE", path).status == 204


class Changes:
    """Which keys are isolated, by turns; odd while that changes."""

    def __init__(self):
        self.number = 0
        self.isolated = {}

    @contextlib.contextmanager
    def to(self, *isolated):
        self.number += 1
        yield
        self.isolated[self.number + 1] = isolated
        self.number += 1


def test_no_answer_comes_from_a_wrong_cell_while_keys_change_under_load(keys):
    shared, changes, ending = keys.shared(), Changes(), threading.Event()
    names = ("own", "other", "plain")
    answers = {name: [] for name in names}  # (number of the change before, after, reply)

    def call(name):
        while not ending.is_set():
            before = changes.number
            reply = execute(keys.service, LIGHT, keys.key(name))
            answers[name].append((before, changes.number, reply))

    def settled(number):
        return all(sum(before == number == after for before, after, _ in answers[name]) >= 3 for name in names)

    callers = [threading.Thread(target=call, args=(name,)) for name in names * 2]
    for caller in callers:
        caller.start()
    try:
        for isolated in (("own",), ("own", "other"), ("other",), (), ("other", "own"), (), ("own", "other")):
            with changes.to(*isolated):
                keys.reload("own", "plain", "other", isolated=isolated)
            wait_for(lambda: settled(changes.number), within_s=60)
    finally:
        ending.set()
        for caller in callers:
            caller.join()

    own_places = {name: set() for name in names}
    for name in names:
        for before, after, reply in answers[name]:
            is_settled = before == after and before in changes.isolated
            if reply.status != 200:
                assert reply.status == 503 and CHANGED in reply.error and not is_settled, reply.body
                continue
            place = tuple(reply.result)
            if is_settled:
                assert (place not in shared) == (name in changes.isolated[before]), (name, before)
            if place not in shared:
                own_places[name].add(place)
    assert not own_places["plain"]
    assert own_places["own"] and own_places["other"] and own_places["own"].isdisjoint(own_places["other"])
