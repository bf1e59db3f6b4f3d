"""The cases about files once more where runs have neither a tmpfs nor Landlock: as root in gVisor, and
on kernels before 5.13, a chroot and a uid of each run's own are all that parts them."""

import os

import pytest

from attacks.aftermath import Rest, assert_unharmed
from attacks.battery import read_cases
from attacks.test_battery import Calibrated, Late, attack
from service import AS_USER, WITHOUT_LANDLOCK, Service, assert_nothing_left

NUMBERS = {106, 107, 110, 111, 120, 208, 209, 222, 251, 290, 291, 292, 293, 294}
CASES = [case for case in read_cases() if NUMBERS & set(case.numbers)]

pytestmark = pytest.mark.skipif(os.geteuid() != 0 or bool(AS_USER), reason="chroot needs root")


@pytest.fixture(scope="module")
def bare():
    running = Service(isolation="fallback", behind=WITHOUT_LANDLOCK).wait_until_ready()
    yield Calibrated(running)
    running.stop()
    assert_nothing_left(running)


@pytest.fixture(scope="module")
def isolation(bare):
    found = bare.service.request("GET", "/info").json["isolation"]
    states = {layer["name"]: layer["state"] for layer in found["layers"]}
    assert states["chroot"] == "on"
    assert states["landlock"] == states["private scratch tmpfs"] == "off"
    return found


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_attack_on_files(case, bare, isolation):
    rest = Rest.of(bare.service)
    try:
        attack(case, bare, isolation)
    except Late as late:
        pytest.fail(f"late: {late}", pytrace=False)
    assert_unharmed(bare.service, rest)
