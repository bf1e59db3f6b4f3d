"""Forty sessions at once, each with two clients, and kills among their runs: nobody sees anything of anybody
else's, and no session loses more than the run that was killed."""

import concurrent.futures
import threading

import pytest

from service import assert_nothing_left

SESSIONS = 40
CLIENTS = 2  # of each session
RUNS = 3     # of each client, beside those that are killed

KILLS = ["while True: pass", "import os; os._exit(3)", "x = bytearray(10 ** 9)", "import ctypes; ctypes.string_at(0)"]


@pytest.fixture
def service(start_service):
    running = start_service("--sessions-max", str(SESSIONS), "--queue-timeout", "60")
    if not running.has_sessions():
        pytest.skip("needs: sessions")
    return running


def use(service, number, meeting):
    """One session's life: what its script saw at the end, and the statuses of the runs that were killed."""
    path = "/sessions/" + service.post_json({}, path="/sessions").json["session"]

    def run(script, **fields):
        return service.post_json({"script": script, **fields}, path=path + "/execute")

    def succeed(script):
        reply = run(script)
        assert reply.status == 200, (number, reply.status, reply.json)

    def client(letter):
        for i in range(RUNS):
            succeed(f"seen.append('{letter}{i}')")
        killed = run("seen.append('killed')\nopen('killed', 'w').close()\n" + KILLS[number % len(KILLS)],
                     limits={"cpu_time_s": 0.1})
        succeed(f"seen.append('{letter}{RUNS}')")
        return killed.status

    succeed(f"import os\nnumber, seen = {number}, []")
    meeting.wait()  # all sessions are there
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(client, "ab"[:CLIENTS]))
    seen = run("number, seen, os.listdir('.')").result
    return path, statuses, seen


def test_forty_sessions_with_two_clients_each(service):
    meeting = threading.Barrier(SESSIONS, timeout=60)
    with concurrent.futures.ThreadPoolExecutor(SESSIONS) as pool:
        lives = list(pool.map(lambda number: use(service, number, meeting), range(SESSIONS)))
    for number, (_, statuses, (its_number, seen, files)) in enumerate(lives):
        assert its_number == number
        assert statuses == [422] * CLIENTS
        for letter in "ab"[:CLIENTS]:  # each client's runs in its own order, and none of those that were killed
            assert [run for run in seen if run.startswith(letter)] == [f"{letter}{i}" for i in range(RUNS + 1)]
        assert len(seen) == CLIENTS * (RUNS + 1) and files == []
    info = service.request("GET", "/info").json
    assert info["sessions"]["live"] == SESSIONS
    full = service.post_json({}, path="/sessions")
    assert (full.status, full.headers["Retry-After"]) == (503, "5")
    assert full.error == (f"there are {SESSIONS} sessions, and none that may give way has been idle for long; "
                          "try again later, or end one with DELETE")
    assert service.execute("def main():\n    return 'hello'\n").result == "hello"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        ended = list(pool.map(lambda life: service.request("DELETE", life[0]).status, lives))
    assert ended == [204] * SESSIONS
    assert service.request("GET", "/info").json["sessions"]["live"] == 0
    assert service.stop() == 0
    assert_nothing_left(service)
