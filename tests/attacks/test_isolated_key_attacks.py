"""What another key, or a script, can try against a key that has a zygote of its own: to be served by it, to
use its sessions, to take its cells or to end it. Which zygote a run's cell came from is read in the script."""

import base64
import concurrent.futures
import json
import re

import pytest
from isolated_keys import FULL, IN_SESSION, LIGHT, PLACE, IsolatedKeys
from keyed_service import HELLO, ask, execute
from service import Service, assert_nothing_left, wait_for

NAMES = ("own", "own-too", "plain")

# What lies where in a cell, and the secrets of its process: all cells of one zygote have the same. Not the
# interpreter's own code and data, which lie at the same addresses everywhere (docs/decisions/static-python.md).
EVIDENCE = """
import ctypes, sys%s
libc = ctypes.CDLL(None)
libc.getauxval.restype = ctypes.c_void_p
libc.getauxval.argtypes = [ctypes.c_ulong]
def address(function):
    return ctypes.cast(function, ctypes.c_void_p).value
def main():
    at_random = libc.getauxval(25)
    return {
        "hash seed": hash("x"),
        "modules": id(sys),
        "the C library": address(libc.lcong48),  # of which the interpreter has no stub
        "the vdso": libc.getauxval(33),
        "the stack": at_random,
        "stack guard and pointer guard": ctypes.string_at(at_random, 16).hex(),
    }
"""

PRINTED = f"import sys\nprint('at', *{PLACE}, '.')"
RETURNED = f"import sys\ndef main(): return ' '.join(map(str, ['at', *{PLACE}, '.']))"
JSON_TYPE = {"Content-Type": "application/json"}


def place_in(reply):
    """Of what PRINTED or RETURNED say, wherever that is in an answer of any form."""
    found = re.search(rb"at (-?\d+) (\d+) (\d+) \.", reply.body)
    assert reply.status == 200 and found, (reply.status, reply.body[:500])
    return tuple(map(int, found.groups()))


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    keys = IsolatedKeys(tmp_path_factory.mktemp("keys"), *NAMES)
    keys.service = running = Service("--keys", str(keys.file), "--sessions-max", "6", "--running-max", "4",
                                     "--running-reserve", "2")
    running.wait_until_ready(warm=False)
    keys.wait_until_warm("isolated_1", "isolated_2")
    keys.places = {"own": {keys.where("own")}, "own-too": {keys.where("own-too")},
                   "plain": {keys.where("plain", LIGHT), keys.where("plain", FULL)}}
    yield keys
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)


@pytest.fixture(autouse=True)
def unharmed(keys):
    """After each attack every key is served by the zygote that served it before."""
    yield
    wait_for(lambda: (pool := pool_of(keys))["running"] + pool["queued"] == 0)
    for name in NAMES:
        assert keys.where(name) in keys.places[name], name


def pool_of(keys):
    return ask(keys.service, keys.watcher(), "GET", "/info").json["pool"]


# ---- what can be learned ----


def test_no_secret_of_an_isolated_keys_memory_is_another_keys(keys):
    def look(name, modules=""):
        return execute(keys.service, EVIDENCE % modules, keys.key(name)).result

    seen = {name: [look(name), look(name)] for name in ("own", "own-too")}
    shared = [[look("plain"), look("plain")], [look("plain", ", numpy"), look("plain", ", numpy")]]
    for first, second in (*seen.values(), *shared):
        assert first == second  # so it is one that the cells of a zygote have in common
    places = [each[0] for each in (*seen.values(), *shared)]
    for what in places[0]:
        assert len({place[what] for place in places}) == len(places), (what, places)


# ---- to be served by it, or to have it served by others ----


def run_in_session(keys, name):
    made = ask(keys.service, keys.key(name), "POST", "/sessions", {})
    if made.status == 503:
        pytest.skip(f"no sessions here: {made.error}")
    path = f"/sessions/{made.json['session']}"
    reply = ask(keys.service, keys.key(name), "POST", f"{path}/execute", {"script": PRINTED})
    assert ask(keys.service, keys.key(name), "DELETE", path).status == 204
    return reply


def run_in_sandbox(keys, name):
    made = keys.service.request("POST", "/compat/e2b/v2/sandboxes", b'{"templateID": "base"}',
                                {"X-API-Key": keys.key(name), **JSON_TYPE})
    if made.status == 503:
        pytest.skip(f"no sessions here: {made.body!r}")
    reply = keys.service.request(
        "POST", "/compat/e2b/execute", json.dumps({"code": PRINTED}).encode(),
        {"E2b-Sandbox-Id": made.json["sandboxID"], "X-Access-Token": made.json["envdAccessToken"], **JSON_TYPE})
    gone = keys.service.request("DELETE", f"/compat/e2b/sandboxes/{made.json['sandboxID']}",
                                headers={"X-API-Key": keys.key(name)})
    assert gone.status == 204
    return reply


def by_post(path, body, **headers):
    return lambda keys, name: keys.service.request("POST", path, json.dumps(body).encode(), {
        "X-API-Key": keys.key(name), **JSON_TYPE, **headers})


def tool_call(arguments):
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "run_python", "arguments": arguments}}


DOORS = {
    "execute": by_post("/execute", {"script": RETURNED}),
    "stream": by_post("/execute", {"script": RETURNED}, Accept="text/event-stream"),
    "session": run_in_session,
    "mcp": by_post("/mcp", tool_call({"code": PRINTED}), Accept="application/json, text/event-stream"),
    "dify": by_post("/compat/dify/v1/sandbox/run", {"language": "python3", "code": PRINTED}),
    "fastgpt": by_post("/compat/fastgpt/sandbox/python", {"code": RETURNED}),
    "jobe": by_post("/compat/jobe/jobe/index.php/restapi/runs",
                    {"run_spec": {"language_id": "python3", "sourcecode": PRINTED}}),
    "onyx": by_post("/compat/onyx/v1/execute", {"code": PRINTED}),
    "onyx stream": by_post("/compat/onyx/v1/execute/stream", {"code": PRINTED}),
    "piston": by_post("/compat/piston/api/v2/execute",
                      {"language": "python", "version": "*", "files": [{"content": PRINTED}]}),
    "ragflow": by_post("/compat/ragflow/run", {"code_b64": base64.b64encode(RETURNED.encode()).decode(),
                                               "language": "python"}),
    "e2b": run_in_sandbox,
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_leads_to_the_cells_of_another_key(keys, door):
    for _ in range(3):
        for name in NAMES:
            assert place_in(DOORS[door](keys, name)) in keys.places[name], name


@pytest.mark.parametrize("headers", [
    {"X-Flavour": "isolated_1"}, {"X-Flavor": "isolated_1"}, {"X-Owner": "1"}, {"X-Isolated": "true"},
    {"X-Forkjail-Owner": "1"}, {"X-Forkjail-Flavour": "isolated_1"}, {"X-Key-Name": "own"}, {"X-Forwarded-User": "own"},
    {"X-Forwarded-For": "own"}, {"From": "own"}, {"Cookie": "flavour=isolated_1; owner=1; key=own"},
])
def test_a_header_that_names_another_owner_changes_nothing(keys, headers):
    for name in NAMES:
        assert place_in(by_post("/execute", {"script": RETURNED}, **headers)(keys, name)) in keys.places[name]


@pytest.mark.parametrize("fields", [
    {"flavour": "isolated_1"}, {"flavour": "light"}, {"owner": 1}, {"owner": 0}, {"isolated": True},
    {"isolated": False}, {"key": "own"}, {"zygote": "isolated_1"}, {"party": "own"},
])
def test_a_field_that_names_another_owner_is_refused(keys, fields):
    for name in NAMES:
        assert ask(keys.service, keys.key(name), "POST", "/execute", {"script": RETURNED, **fields}).status == 400
        made = ask(keys.service, keys.key(name), "POST", "/sessions", fields)
        assert made.status == 400, made.body


@pytest.mark.parametrize("door, more", [
    ("/execute?flavour=isolated_1&owner=1", {"script": RETURNED}),
    ("/execute", {"script": RETURNED, "env": {"PYTHONHASHSEED": "0", "FORKJAIL_FLAVOUR": "isolated_1"}}),
    ("/execute", {"script": "# import numpy, pandas\n" + RETURNED}),
    ("/compat/dify/v1/sandbox/run", {"language": "python3", "code": PRINTED, "flavour": "isolated_1", "owner": 1,
                                     "preload": "isolated_1", "isolated": True}),
    ("/compat/piston/api/v2/execute", {"language": "python", "version": "*", "files": [{"content": PRINTED}],
                                       "flavour": "isolated_1", "owner": 1}),
])
def test_what_a_lax_door_lets_in_chooses_no_owner(keys, door, more):
    for name in NAMES:
        assert place_in(by_post(door, more)(keys, name)) in keys.places[name]


# ---- its sessions ----


def tries_of(path):
    """(method, path, body) of everything that there is to do with a session."""
    return [("GET", path, None), ("POST", f"{path}/execute", {"script": "x"}), ("POST", f"{path}/interrupt", {}),
            ("GET", f"{path}/files", None), ("GET", f"{path}/files/a", None), ("DELETE", f"{path}/files/a", None),
            ("DELETE", path, None)]


@pytest.mark.parametrize("holder, thief", [("own", "own-too"), ("own", "plain"), ("plain", "own")])
def test_a_session_on_either_side_of_the_wall_is_found_by_nobody_else(keys, holder, thief):
    service = keys.service
    made = ask(service, keys.key(holder), "POST", "/sessions", {})
    if made.status == 503:
        pytest.skip(f"no sessions here: {made.error}")
    name = made.json["session"]
    path = f"/sessions/{name}"
    mine = "open('a', 'w').write('secret')\nx = 'secret'\n" + IN_SESSION
    before = tuple(ask(service, keys.key(holder), "POST", f"{path}/execute", {"script": mine}).result)
    assert before in keys.places[holder]
    for method, target, body in tries_of(path):
        reply = ask(service, keys.key(thief), method, target, body)
        assert reply.status == 404 and b"secret" not in reply.body, (method, target, reply.body)
    put = service.request("PUT", f"{path}/files/a", b"theirs", {"X-API-Key": keys.key(thief)})
    assert put.status == 404, put.body
    called = by_post("/mcp", tool_call({"code": "x", "session_id": name}),
                     Accept="application/json, text/event-stream")(keys, thief)
    assert called.json["result"]["isError"] and b"secret" not in called.body
    assert name not in ask(service, keys.key(thief), "GET", "/sessions").body.decode()
    after = ask(service, keys.key(holder), "POST", f"{path}/execute", {"script": "[x, open('a').read()]"})
    assert after.result == ["secret", "secret"]
    after = ask(service, keys.key(holder), "POST", f"{path}/execute", {"script": IN_SESSION})
    assert tuple(after.result) == before
    assert ask(service, keys.key(holder), "DELETE", path).status == 204


def test_sessions_take_no_cell_that_is_parked_for_another_owner(keys):
    """As many as there can be, by turns: one each is parked for the isolated keys."""
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for name, replies in [(name, pool.submit(run_in_session, keys, name)) for name in NAMES * 4]:
            assert place_in(replies.result()) in keys.places[name], name


# ---- its cells ----


SLEEPER = f"import sys, time\ndef main():\n    time.sleep(0.4)\n    return {PLACE}\n"
FLOOD = 24


@pytest.mark.parametrize("flooding", NAMES)
def test_a_flood_waits_for_its_own_cells_while_others_lie_parked(keys, flooding):
    others = [name for name in NAMES if name != flooding]
    queued = 0
    with concurrent.futures.ThreadPoolExecutor(FLOOD) as pool:
        flood = [pool.submit(keys.where, flooding, SLEEPER) for _ in range(FLOOD)]
        while not all(answer.done() for answer in flood):
            queued = max(queued, pool_of(keys)["queued"])
            for name in others:
                assert keys.where(name) in keys.places[name]
    assert queued > 0, "nothing had to wait"
    assert {answer.result() for answer in flood} <= keys.places[flooding]


HOSTILE = {
    "forks": "import os\ndef main():\n    while True:\n        try: os.fork()\n        except OSError: pass\n",
    "clones": "import ctypes\nlibc = ctypes.CDLL(None)\ndef main():\n    while True:\n"
              "        libc.syscall(56, 17, 0, 0, 0, 0)\n        libc.syscall(435, 0, 0)\n",
    "threads": "import threading\ndef main():\n    while True:\n"
               "        try: threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
               "        except RuntimeError: pass\n",
    "kills": "import os\ndef main():\n    for pid in (-1, 1, os.getppid(), *range(2, 3000)):\n"
             "        for number in (9, 19):\n            try: pid != os.getpid() and os.kill(pid, number)\n"
             "            except OSError: pass\n",
    "dies": "import os\ndef main(): os._exit(0)\n",
    "crashes": "import ctypes\ndef main(): ctypes.string_at(0)\n",
    "fills memory": "def main():\n    held = []\n    while True: held.append(bytearray(1 << 24))\n",
    "closes all": "import os\ndef main():\n    os.closerange(0, 4096)\n",
    "writes to its pipes": "import os\ndef main():\n    for fd in range(3, 64):\n"
                           "        try: os.write(fd, b'\\xff' * 4096)\n        except OSError: pass\n"
                           "    os._exit(0)\n",
}


@pytest.mark.parametrize("script", HOSTILE)
@pytest.mark.parametrize("attacker", ["own", "plain"])
def test_scripts_that_destroy_their_cells_leave_the_other_zygotes_alone(keys, attacker, script):
    others = [name for name in NAMES if name != attacker]
    limits = {"wall_time_s": 2, "cpu_time_s": 1}
    body = HOSTILE[script]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        attacks = [pool.submit(execute, keys.service, body, keys.key(attacker), limits=limits) for _ in range(8)]
        while True:
            done = all(attack.done() for attack in attacks)
            for name in others:
                assert keys.where(name) in keys.places[name]
            if done:
                break
    expected = 200 if script == "kills" else 422
    assert {attack.result().status for attack in attacks} == {expected}, [each.result().body[:200] for each in attacks]
    assert "forkjail_zygote_failures_total 0" in keys.metrics()


def test_guesses_at_the_key_of_an_isolated_one_reach_no_cell(keys):
    def its_cells():
        return pool_of(keys)["flavours"]["isolated_1"]

    wait_for(lambda: its_cells()["parked"] == 2 and its_cells()["making"] == 0)
    before = its_cells()["started"]
    key = keys.key("own")
    for guess in (key[:-1], key + "x", key.upper(), key[::-1], "own", "isolated_1", key.replace("fj_", "e2b_")):
        assert execute(keys.service, HELLO, guess).status == 401
    assert (its_cells()["parked"], its_cells()["started"]) == (2, before)
