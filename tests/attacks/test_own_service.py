"""Attacks that need a service of their own: a secret in its environment, a recycled zygote."""

import time

from attacks.battery import CASES, read_case

SECRET = "forkjail-attack-secret-5f2c1d"

SCAN = """
import gc, os
def main():
    marker = '-'.join(['attack', 'secret'])  # joined at run time, so that it is no constant here
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
    reply = running.post_json(read_case(CASES / "224_secrets_in_memory.py").body())
    assert reply.result["held"], reply.result


def test_126_hash_seed_and_memory_layout_differ_across_zygotes(start_service):
    running = start_service("--worker-runs-max", "3")
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
