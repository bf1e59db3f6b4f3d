"""The cases about files once more where runs have neither a tmpfs nor Landlock: as root in gVisor, and
on kernels before 5.13, a chroot and a uid of each run's own are all that parts them."""

import os

import pytest

from attacks.aftermath import Rest, assert_unharmed
from attacks.battery import read_cases
from attacks.test_battery import assert_outcome, run_beside_peer, runs_of_next
from service import AS_USER, WITHOUT_LANDLOCK, Service, assert_nothing_left

NUMBERS = {106, 107, 110, 111, 120, 208, 209, 222, 251, 290, 291, 292, 293, 294}
CASES = [case for case in read_cases() if NUMBERS & set(case.numbers)]

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or bool(AS_USER), reason="chroot needs root")


@pytest.fixture(scope="module")
def bare():
    running = Service(isolation="fallback", behind=WITHOUT_LANDLOCK).wait_until_ready()
    layers = {layer["name"]: layer["state"]
              for layer in running.request("GET", "/info").json["isolation"]["layers"]}
    assert (layers["chroot"], layers["landlock"], layers["private scratch tmpfs"]) == ("on", "off", "off")
    yield running
    running.stop()
    assert_nothing_left(running)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_attack_on_files(case, bare):
    rest = Rest.of(bare)
    reply = run_beside_peer(case, bare) if case.peer else bare.post_json(case.body())
    isolation = bare.request("GET", "/info").json["isolation"]
    assert_outcome(case.expectation(isolation), reply)
    if case.next:
        for _ in range(runs_of_next(bare)):
            follower = bare.post_json(case.body(case.companion("next")))
            assert_outcome(case.next, follower, "the next run: ")
    assert_unharmed(bare, rest)
