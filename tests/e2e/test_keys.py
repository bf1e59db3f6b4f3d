"""--keys: who comes in, at which rate, with which limits, and what is told of it. The keys are made by
`forkjail key`, as an operator makes them."""

import json
import re
import subprocess
import time

import pytest
from keyed_service import HELLO, ask, execute, make_key
from service import BINARY


@pytest.fixture(scope="module")
def keys():
    """{name: (key, row)}"""
    limits = {
        "plain": {},
        "slow": {"rate_per_s": 0.01, "burst": 2},
        "small": {"limits": {"wall_time_s": 2, "memory_mb": 32}, "sessions_max": 1},
        "old": {"expires_at": "2020-01-01"},
        "other": {},
    }
    made = {name: make_key(name) for name in limits}
    for name, more in limits.items():
        made[name][1].update(more)
    return made


@pytest.fixture(scope="module")
def keyed(keys, tmp_path_factory):
    """A service that is opened by these keys."""
    from service import Service, assert_nothing_left
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text("".join(json.dumps(row) + "\n" for _, row in keys.values()))
    file.chmod(0o600)
    running = Service("--keys", str(file), "--sessions-max", "4")
    running.wait_until_ready(warm=False)
    yield running
    assert running.stop() == 0, running.log_text()
    assert_nothing_left(running)
    for key, _ in keys.values():
        assert key not in running.log_text()


def test_a_key_is_printed_once_with_its_row():
    key, row = make_key("agent-7", "--prefix", "e2b_")
    assert re.fullmatch(r"e2b_[0-9a-f]{40}", key)
    assert row["name"] == "agent-7" and re.fullmatch(r"[0-9a-f]{64}", row["key_sha256"])
    assert make_key("agent-7")[0] != make_key("agent-7")[0]
    wrong = subprocess.run([BINARY, "key", "--name", "a b"], capture_output=True, text=True)
    assert wrong.returncode == 2 and "--name" in wrong.stderr and not wrong.stdout


def test_a_key_opens_the_service(keyed, keys):
    key = keys["plain"][0]
    assert execute(keyed, HELLO, key).result == "hello"
    body = json.dumps({"script": HELLO}).encode()
    reply = keyed.request("POST", "/execute", body, {"Content-Type": "application/json", "X-API-Key": key})
    assert reply.result == "hello"


def test_without_a_key_only_the_state_of_the_service_is_told(keyed):
    reply = execute(keyed, HELLO, None)
    assert reply.status == 401 and reply.headers["WWW-Authenticate"] == "Bearer"
    assert "needs a key" in reply.error and reply.stdout == ""
    for path in ("/info", "/metrics", "/usage", "/sessions"):
        assert keyed.request("GET", path).status == 401, path
    for path in ("/health", "/ready"):
        assert keyed.request("GET", path).status == 200, path


def test_a_wrong_or_expired_key_does_not(keyed, keys):
    reply = execute(keyed, HELLO, keys["plain"][0][:-1] + "x")
    assert reply.status == 401 and "unknown key" in reply.error
    reply = execute(keyed, HELLO, keys["old"][0])
    assert reply.status == 401 and "expired" in reply.error


def test_a_key_has_its_own_limits(keyed, keys):
    key = keys["small"][0]
    reply = execute(keyed, HELLO, key, limits={"wall_time_s": 3})
    assert reply.status == 400 and "limits.wall_time_s" in reply.error and "at most 2" in reply.error
    reply = execute(keyed, "import time\ndef main(): time.sleep(20)", key)
    assert reply.status == 422 and "2 s" in reply.error
    assert execute(keyed, HELLO, keys["plain"][0], limits={"wall_time_s": 3}).result == "hello"


def test_a_key_has_its_own_rate(keyed, keys):
    key = keys["slow"][0]
    assert [execute(keyed, HELLO, key).status for _ in range(3)] == [200, 200, 429]
    reply = execute(keyed, HELLO, key)
    assert 50 < int(reply.headers["Retry-After"]) <= 100
    assert reply.headers["RateLimit-Policy"] == '"requests";q=2;w=200'
    assert re.fullmatch(r'"requests";r=0;t=\d+', reply.headers["RateLimit"])
    assert execute(keyed, HELLO, keys["plain"][0]).status == 200


def test_a_session_is_its_keys(keyed, keys):
    made = ask(keyed, keys["small"][0], "POST", "/sessions", {})
    if made.status == 503 and "full isolation" in made.error:
        pytest.skip("no sessions at this level")
    assert made.status == 201
    path = f"/sessions/{made.json['session']}"
    assert ask(keyed, keys["small"][0], "GET", path).status == 200
    assert ask(keyed, keys["other"][0], "GET", path).status == 404
    assert ask(keyed, keys["other"][0], "DELETE", path).status == 404
    listed = [each["session"] for each in ask(keyed, keys["small"][0], "GET", "/sessions").json["sessions"]]
    assert listed == [made.json["session"]]
    assert ask(keyed, keys["other"][0], "GET", "/sessions").json["sessions"] == []
    second = ask(keyed, keys["small"][0], "POST", "/sessions", {})
    assert second.status == 429 and second.headers["Retry-After"] and "1 sessions" in second.error
    assert ask(keyed, keys["small"][0], "DELETE", path).status == 204


def test_a_key_sees_what_it_used_and_nobody_elses(keyed, keys):
    key = keys["other"][0]
    before = ask(keyed, key, "GET", "/usage").json
    execute(keyed, "def main():\n    for i in range(300_000): pass\n", key)
    execute(keyed, "def main(): return 1 / 0", key)
    execute(keyed, "", key)
    after = ask(keyed, key, "GET", "/usage").json
    assert after["name"] == "other"
    for period in ("hour", "day"):
        old, new = before[period], after[period]
        if old["since"] != new["since"]:
            pytest.skip("the hour has just ended")
        assert [new[name] - old[name] for name in ("runs_ok", "runs_failed", "refused")] == [1, 1, 1]
        assert new["cpu_seconds"] > old["cpu_seconds"]
        assert new["memory_mb_seconds"] > old["memory_mb_seconds"]


def test_usage_without_keys_says_why_there_is_none(service):
    reply = service.request("GET", "/usage")
    assert reply.status == 404 and "without keys" in reply.error
    assert "/usage" not in service.request("GET", "/openapi.json").json["paths"]


def test_the_description_says_how_a_key_is_sent(keyed, keys):
    document = ask(keyed, keys["plain"][0], "GET", "/openapi.json").json
    assert document["components"]["securitySchemes"]["api_key"]["name"] == "X-API-Key"
    assert document["security"] == [{"bearer": []}, {"api_key": []}]
    usage = ask(keyed, keys["plain"][0], "GET", "/usage").json
    described = document["components"]["schemas"]
    assert set(usage) == set(described["KeyUsage"]["properties"])
    assert set(usage["hour"]) == set(described["UsedSince"]["properties"])


def test_a_session_that_is_made_counts_as_a_run_of_its_key(start_service, tmp_path):
    key, row = make_key("busy")
    (tmp_path / "keys").write_text(json.dumps({**row, "running_max": 1, "queue_max": 0}))
    running = start_service("--keys", str(tmp_path / "keys"), ready=False).wait_until_ready(warm=False)
    with running.connect() as connection:
        body = json.dumps({"script": "import time\ndef main(): time.sleep(20)"}).encode()
        connection.sendall(b"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                           b"X-API-Key: %s\r\nContent-Length: %d\r\n\r\n%s" % (key.encode(), len(body), body))
        deadline = time.monotonic() + 20
        while ask(running, key, "GET", "/info").json["pool"]["running"] == 0:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        reply = ask(running, key, "POST", "/sessions", {})
        assert reply.status == 429 and "this key" in reply.error


def test_metrics_and_log_name_the_key(keyed, keys):
    execute(keyed, HELLO, keys["plain"][0])
    page = ask(keyed, keys["plain"][0], "GET", "/metrics").body.decode()
    assert re.search(r'forkjail_key_runs_total\{key="plain",outcome="ok"\} [1-9]', page)
    assert re.search(r'forkjail_key_refusals_total\{reason="wrong"\} \d', page)
    assert ", key plain" in keyed.log_text()


@pytest.mark.parametrize("text, why", [
    ("", "it has no keys"),
    ("[", "not valid JSON"),
    ('{"name": "me", "key_sha256": "x"}', "key_sha256: must be 64 hexadecimal digits"),
    ("".join('{"name": "k%d", "key_sha256": "%064x", "isolated": true}\n' % (i, i) for i in range(5)),
     "key 5: isolated: at most 4 keys"),
    (None, "No such file"),
])
def test_a_broken_file_ends_the_start(start_service, tmp_path, text, why):
    file = tmp_path / "keys"
    if text is not None:
        file.write_text(text)
    running = start_service("--keys", str(file), ready=False)
    assert running.process.wait(timeout=30) == 2
    assert why in running.log_text()
