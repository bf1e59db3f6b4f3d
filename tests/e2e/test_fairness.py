"""One caller's flood of long runs does not keep the others out: callers told apart by address, behind a
proxy that is trusted, or by key."""

import contextlib
import json
import time

from keyed_service import ask, execute, make_key

SLEEP = "import time\ndef main():\n    time.sleep(60)\n"
HELLO = "def main(): return 'hello'"
SLEEPERS = 12


def request_bytes(script, *headers):
    body = json.dumps({"script": script}).encode()
    head = "".join(f"{header}\r\n" for header in headers)
    return (f"POST /execute HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


@contextlib.contextmanager
def flood(service, *headers, number=SLEEPERS):
    """Sleepers of one caller: as many run as there are slots, the others wait."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(service.connect()).sendall(request_bytes(SLEEP, *headers))
        deadline = time.monotonic() + 20
        while (pool := service.request("GET", "/info").json["pool"])["running"] + pool["queued"] < number:
            assert time.monotonic() < deadline, pool
            time.sleep(0.05)
        yield pool


def hello(service, address):
    return service.request("POST", "/execute", json.dumps({"script": HELLO}).encode(),
                           {"Content-Type": "application/json", "X-Forwarded-For": address})


def start(start_service, *flags):
    return start_service("--trusted-proxies", "127.0.0.1", "--running-max", "3", "--running-reserve", "1",
                         "--wall-time-max", "60", "--queue-timeout", "5", *flags)


def test_sleepers_of_one_address_do_not_keep_another_out(start_service):
    running = start(start_service)
    with flood(running, "X-Forwarded-For: 203.0.113.1") as pool:
        assert pool["running"] == 3 and pool["queued"] == SLEEPERS - 3
        assert [hello(running, "203.0.113.2").status for _ in range(12)] == [200] * 12
        assert hello(running, "203.0.113.1").status == 503


def test_a_full_queue_refuses_the_one_who_filled_it(start_service):
    running = start(start_service, "--queue-max", "9")
    with flood(running, "X-Forwarded-For: 203.0.113.1"):
        assert hello(running, "203.0.113.2").status == 200
        reply = hello(running, "203.0.113.1")
        assert reply.status == 503 and "queue is full" in reply.error


def test_an_address_is_not_believed_of_anybody(start_service):
    running = start_service("--running-max", "3", "--running-reserve", "1", "--wall-time-max", "60",
                            "--queue-timeout", "5")
    with flood(running, "X-Forwarded-For: 203.0.113.1"):
        assert hello(running, "203.0.113.2").status == 503


def large(service, address):
    """A body that is longer than what a caller may send at once while another one is there."""
    return service.request("POST", "/execute", json.dumps({"script": HELLO, "stdin": "x" * 9_000_000}).encode(),
                           {"Content-Type": "application/json", "X-Forwarded-For": address})


def body_pauses(service, key=None):
    lines = ask(service, key, "GET", "/metrics").body.decode().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("forkjail_body_pauses_total "))


def test_large_bodies_of_one_caller_are_held_while_another_one_is_there(start_service):
    running = start(start_service)
    assert [large(running, "203.0.113.1").status for _ in range(4)] == [200] * 4
    assert body_pauses(running) == 0, "a caller who is alone is not held"
    for _ in range(4):
        assert hello(running, "203.0.113.2").status == 200
        assert large(running, "203.0.113.1").status == 200
    assert body_pauses(running) > 0


def test_a_request_to_a_sandbox_of_e2b_is_one_of_another_caller(start_service, tmp_path):
    keys = {name: make_key(name) for name in ("sender", "other")}
    file = tmp_path / "keys.json"
    file.write_text("".join(json.dumps(row) + "\n" for _, row in keys.values()))
    file.chmod(0o600)
    running = start_service("--keys", str(file), ready=False).wait_until_ready(warm=False)
    sender, other = (keys[name][0] for name in ("sender", "other"))
    made = ask(running, other, "POST", "/compat/e2b/sandboxes", {"templateID": "base"})
    assert made.status == 201, made.body
    token = {"E2b-Sandbox-Id": made.json["sandboxID"], "X-Access-Token": made.json["envdAccessToken"]}

    def send_large():
        assert execute(running, HELLO, sender, stdin="x" * 9_000_000).status == 200

    time.sleep(1.5)  # the request that made the sandbox counts no more
    for _ in range(4):
        send_large()
    assert body_pauses(running, sender) == 0, "a caller who is alone is not held"
    for _ in range(4):
        assert running.request("GET", "/compat/e2b/contexts", headers=token).status == 200
        send_large()
    assert body_pauses(running, sender) > 0
