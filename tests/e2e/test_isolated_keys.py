"""Keys with `"isolated": true`: their runs and sessions share hash seed and memory layout with nobody
else's. One service for all of these tests, which go on where the one before left off."""

import concurrent.futures
import contextlib
import json

import pytest
from isolated_keys import FULL, IN_SESSION, LIGHT, IsolatedKeys
from keyed_service import HELLO, ask, execute
from service import Service, assert_nothing_left, wait_for

SLEEP = "import time\ndef main():\n    time.sleep(20)\n"


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    keys = IsolatedKeys(tmp_path_factory.mktemp("keys"), "own", "own-too", "plain", "other")
    keys.service = running = Service("--keys", str(keys.file), "--sessions-max", "4", "--running-max", "4",
                                     "--running-reserve", "2")
    running.wait_until_ready(warm=False)
    keys.wait_until_warm("isolated_1", "isolated_2")
    yield keys
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


def session_where(keys, name):
    """Of a session of this key, and its path."""
    made = ask(keys.service, keys.key(name), "POST", "/sessions", {})
    if made.status == 503:
        pytest.skip(f"no sessions here: {made.error}")
    assert made.status == 201, made.body
    path = f"/sessions/{made.json['session']}"
    ran = ask(keys.service, keys.key(name), "POST", f"{path}/execute", {"script": IN_SESSION})
    return tuple(ran.result), path


def test_runs_of_an_isolated_key_share_seed_and_layout_with_nobody_elses(keys):
    names = ["own", "own-too", "plain", "other"]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [(name, pool.submit(keys.where, name, script))
                 for _ in range(10) for name in names for script in (LIGHT, FULL)]
        seen = {name: set() for name in names}
        for name, answer in asked:
            seen[name].add(answer.result())
    assert len(seen["own"]) == len(seen["own-too"]) == 1, seen  # one zygote, whatever is imported
    shared = seen["plain"] | seen["other"]
    assert len(shared) == 2, seen  # of the light and of the full zygote
    assert len(seen["own"] | seen["own-too"] | shared) == 4
    for part in range(3):  # and not only as a whole
        parts = [{place[part] for place in places} for places in (seen["own"], seen["own-too"], shared)]
        assert parts[0].isdisjoint(parts[1] | parts[2]) and parts[1].isdisjoint(parts[2]), seen


def test_sessions_of_an_isolated_key_are_of_its_zygote(keys):
    own, path = session_where(keys, "own")
    assert own == keys.where("own")
    shared, other_path = session_where(keys, "plain")
    assert shared in {keys.where("plain", LIGHT), keys.where("plain", FULL)}
    for name, made in (("own", path), ("plain", other_path)):
        assert ask(keys.service, keys.key(name), "DELETE", made).status == 204


def test_only_what_is_isolated_is_counted_and_no_key_is_named(keys):
    page = keys.metrics()
    assert 'forkjail_cells{flavour="isolated_2",stage="parked"}' in page
    assert "isolated_3" not in page and "isolated_4" not in page
    flavours = keys.flavours()
    assert {"isolated_1", "isolated_1_session", "isolated_2"} <= set(flavours)
    assert flavours["isolated_1"]["parked_target"] == 2
    assert "own" not in json.dumps(flavours)
    assert "key own-too has a zygote of its own: isolated_2" in keys.service.log_text()


@contextlib.contextmanager
def flood(keys, name, number=12):
    """Sleepers of one key: as many run as there are slots, the others wait."""
    body = json.dumps({"script": SLEEP}).encode()
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(keys.service.connect()).sendall(
                b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"X-API-Key: %s\r\nContent-Length: %d\r\n\r\n%s" % (keys.key(name).encode(), len(body), body))
        wait_for(lambda: pool_of(keys)["running"] == 4 and pool_of(keys)["queued"] > 0)
        yield
        assert pool_of(keys)["queued"] > 0, "the flood was over before"
    wait_for(lambda: pool_of(keys)["running"] + pool_of(keys)["queued"] == 0)


def pool_of(keys):
    return ask(keys.service, keys.watcher(), "GET", "/info").json["pool"]


@pytest.mark.parametrize("flooding, others", [("own", ("own-too", "plain")), ("plain", ("own", "other"))])
def test_a_flood_of_one_key_leaves_the_others_their_cells(keys, flooding, others):
    with flood(keys, flooding):
        for name in others:
            assert execute(keys.service, HELLO, keys.key(name)).result == "hello"


def test_a_reload_isolates_a_key(keys):
    shared = {keys.where("other", LIGHT), keys.where("other", FULL)}
    before = keys.where("own")
    keys.reload("own", "own-too", "plain", "other", isolated=("own", "own-too", "other"))
    keys.wait_until_warm("isolated_3")
    place = keys.where("other")
    assert place not in shared | {before, keys.where("own-too")}
    assert keys.where("plain") in shared
    assert keys.where("own") == before  # keeps its zygote


def test_a_file_that_isolates_more_keys_than_can_be_is_refused_as_a_whole(keys):
    before = keys.where("own")
    keys.reload("own", "own-too", "own-3", "own-4", "own-5", "plain", outcome="failed")
    assert "at most 4 keys can have a zygote of their own" in keys.service.log_text()
    keys.reload("own", "own-3", "own-4", "own-5", "plain", outcome="failed")  # those of two are not free
    assert "isolated: the zygotes for it are another key's" in keys.service.log_text()
    assert execute(keys.service, HELLO, keys.key("own-3")).status == 401
    assert execute(keys.service, HELLO, keys.key("other")).status == 200
    assert keys.where("own") == before


def test_the_next_key_gets_another_zygote_and_only_when_nothing_is_left(keys):
    keys.reload("own", "own-too", "plain", "other", isolated=("own", "own-too", "other"))
    before = keys.where("own")
    _, path = session_where(keys, "own")
    keys.reload("own", "own-too", "own-3", "own-4", "plain", outcome="failed")  # "other" has one
    keys.reload("own", "plain", isolated=())  # its session goes on, on its zygote
    assert keys.where("own") != before
    keys.reload("own-3", "own-4", "own-5", "own-6", "own", "plain", outcome="failed",
                isolated=("own-3", "own-4", "own-5", "own-6"))
    session = ask(keys.service, keys.key("own"), "POST", f"{path}/execute", {"script": IN_SESSION})
    assert tuple(session.result) == before
    assert ask(keys.service, keys.key("own"), "DELETE", path).status == 204
    wait_for(lambda: 'flavour="isolated_' not in keys.metrics())
    keys.reload("own-3", "plain")
    keys.wait_until_warm("isolated_1")
    place = keys.where("own-3")
    assert place[0] != before[0] and place[1] != before[1]
    assert place not in {keys.where("plain", LIGHT), keys.where("plain", FULL)}
