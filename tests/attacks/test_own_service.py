"""Attacks that need a service of their own: a secret in its environment, a recycled zygote."""

import os
import time
from pathlib import Path

from attacks.judge import request_of
from service import AS_USER

SECRET = "forkjail-attack-secret-5f2c1d"

SCAN = """
import gc, os
def main():
    marker = '-'.join(['attack', 'secret'])  # joined at run time, so that it is not a constant here
    found = [k for k, v in os.environ.items() if marker in v]
    for thing in gc.get_objects():
        for item in gc.get_referents(thing):
            if isinstance(item, (str, bytes)) and len(item) < 500:
                text = item if isinstance(item, str) else item.decode('latin-1')
                if marker in text and text != marker:
                    found.append(text)
    return found
"""


def test_124_a_secret_of_the_services_environment_is_not_in_a_cell(start_service):
    running = start_service(environment={"API_KEY": SECRET, "AWS_SECRET_ACCESS_KEY": SECRET})
    assert running.execute(SCAN).result == []
    reply = running.post_json(request_of("224_secrets_in_memory.py"))
    assert reply.result["held"], reply.result


def status_of(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, value in (line.split(":", 1) for line in lines)}


def test_the_server_holds_no_privilege_and_filters_its_own_calls(service):
    status = status_of(service.process.pid)
    assert status["Seccomp"] == "2", "no filter"
    assert status["NoNewPrivs"] == "1"
    assert status["Threads"] == "1", "a filter binds one thread"
    assert "0" not in status["Uid"].split(), "root"
    assert status["Groups"] in ("", status["Gid"].split()[0])
    for name in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[name], 16) == 0, name
    if not AS_USER:  # who starts without CAP_SETPCAP keeps the set, and can use nothing of it
        assert int(status["CapBnd"], 16) == 0


def test_the_server_holds_no_file_but_its_log(service):
    links = {os.readlink(entry) for entry in Path(f"/proc/{service.process.pid}/fd").iterdir()}
    files = {link for link in links if link.startswith("/")}
    assert files <= {"/dev/null", service.log.name}, files


def test_126_hash_seed_and_memory_layout_differ_across_zygotes(start_service):
    running = start_service("--zygote-runs-max", "3")
    script = ("import ctypes\ndef main():\n"
              "    place = ctypes.cast(ctypes.CDLL(None).ptrace, ctypes.c_void_p).value\n"
              "    return [hash('x'), place, id([])]\n")
    seeds, places = set(), set()
    deadline = time.monotonic() + 30
    while len(seeds) < 3 and time.monotonic() < deadline:
        seed, place, _ = running.execute(script).result
        seeds.add(seed)
        places.add(place)
        time.sleep(0.05)  # a new zygote takes a while to get warm
    assert len(seeds) >= 3 and len(places) >= 3, (seeds, places)


def test_crashes_in_a_row_do_not_end_the_service(start_service):
    running = start_service()
    script = "import ctypes\ndef main():\n    ctypes.string_at(8)\n"
    for _ in range(40):
        assert running.execute(script).status == 422
    assert running.execute("def main():\n    return 1\n").result == 1
