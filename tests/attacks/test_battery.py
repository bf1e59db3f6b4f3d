"""Each case of cases/ against the real service, and what must be true after it."""

import concurrent.futures
import time

import pytest

from attacks.battery import (
    DIFFERING_RUNS,
    as_expected,
    assert_well_formed,
    read_cases,
    results_differ,
    seen,
)

CASES = read_cases()


def assert_outcome(expectation, reply, what=""):
    assert_well_formed(reply)
    assert as_expected(expectation, reply), f"{what}expected {expectation}; {seen(reply)}"


def runs_of_next(service):
    """Enough to get past the cells that were parked before the attack: those cloned after it too."""
    return service.request("GET", "/info").json["pool"]["parked_target"] + 2


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_attack(case, service, isolation):
    if case.expect == "differs":
        replies = [service.post_json(case.body()) for _ in range(DIFFERING_RUNS)]
        results = [reply.result for reply in replies]
        assert results_differ(results), results
        return
    if case.peer:
        reply = run_beside_peer(case, service)
    else:
        reply = service.post_json(case.body())
    assert_outcome(case.expectation(isolation), reply)
    if case.next:
        for _ in range(runs_of_next(service)):
            follower = service.post_json(case.body(case.companion("next")))
            assert_outcome(case.next, follower, "the next run: ")


def run_beside_peer(case, service):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        attack = pool.submit(service.post_json, case.body())
        time.sleep(0.3)  # the attack is under way
        peer = service.post_json(case.body(case.companion("peer")))
    assert_outcome(case.peer, peer, "the peer: ")
    return attack.result()


def test_every_number_of_the_list_is_covered():
    """1-153 are the list; what is no script is in the test files beside this one."""
    elsewhere = set(range(11, 14)) | {17, 61, 80, 88, 91, 94, 126} | set(range(147, 154))
    covered = {number for case in CASES for number in case.numbers}
    assert set(range(1, 154)) - covered - elsewhere == set()


def test_names_are_unique_and_companions_match():
    names = [case.name for case in CASES]
    assert len(names) == len(set(names))
    for case in CASES:
        assert bool(case.next) == case.companion("next").exists(), case.path
        assert bool(case.peer) == case.companion("peer").exists(), case.path
