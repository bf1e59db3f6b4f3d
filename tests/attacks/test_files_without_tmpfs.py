"""The cases about files once more where runs have neither a tmpfs nor Landlock: as root in gVisor, and
on kernels before 5.13, a chroot and a uid of each run's own are all that parts them."""

import os

import pytest

from attacks.aftermath import Rest, assert_unharmed
from attacks.judge import Judge, assert_verdict, with_numbers
from service import AS_USER, WITHOUT_LANDLOCK, Service, assert_nothing_left

CASES = with_numbers({106, 107, 110, 111, 120, 208, 209, 222, 251, 290, 291, 292, 293, 294})

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or bool(AS_USER), reason="chroot needs root")


@pytest.fixture(scope="module")
def bare():
    running = Service(isolation="fallback", behind=WITHOUT_LANDLOCK).wait_until_ready()
    layers = running.request("GET", "/info").json["isolation"]["layers"]
    states = {layer["name"]: layer["state"] for layer in layers}
    assert states["chroot"] == "on"
    assert states["landlock"] == states["private scratch tmpfs"] == "off"
    yield running
    running.stop()
    assert_nothing_left(running)


@pytest.fixture(scope="module")
def judge(bare):
    running = Judge(bare)
    yield running
    running.stop()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_attack_on_files(case, bare, judge):
    rest = Rest.of(bare)
    assert_verdict(judge.judge(case))
    assert_unharmed(bare, rest)
