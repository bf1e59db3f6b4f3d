"""Each case of cases/ against the real service, judged by `forkjail attack`, and what must be true after
it, which `unharmed` looks at (conftest.py)."""

import pytest

from attacks.judge import CASES, Judge, assert_verdict


@pytest.fixture(scope="session")
def judges():
    """Of each service of the session, by its process id."""
    found = {}
    yield found
    for judge in found.values():
        judge.stop()


@pytest.fixture
def judge(service, judges):
    pid = service.process.pid
    if pid not in judges:
        judges[pid] = Judge(service)
    return judges[pid]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_attack(case, judge):
    assert_verdict(judge.judge(case))


def test_every_number_of_the_list_is_covered():
    """1-153 are the list; what is not a script is in the test files beside this one."""
    elsewhere = set(range(11, 14)) | {17, 61, 80, 88, 91, 94, 126} | set(range(147, 154))
    covered = {number for case in CASES for number in case.numbers}
    assert set(range(1, 154)) - covered - elsewhere == set()
