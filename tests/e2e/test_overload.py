"""More requests than the queue takes: refused before anything is done for them, and told to the log in
few lines."""

import json
import time

import pytest

from service import filled

REFUSALS = 60


@pytest.fixture
def full_service(start_service):
    """One run goes on and one waits: there is no place for a third."""
    running = start_service("--running-max", "1", "--queue-max", "1", "--log-format", "json")
    with filled(running):
        yield running


def test_a_full_queue_is_reported_before_the_body_is_decoded(full_service):
    reply = full_service.post_json(b'{"script": 1')
    assert reply.status == 503 and "queue is full" in reply.error
    assert reply.headers["Forkjail-Kind"] == "queue_full"
    assert reply.headers["Retry-After"]


def test_many_refusals_are_few_lines_with_their_number(full_service):
    for _ in range(REFUSALS):
        assert full_service.execute("def main(): pass").status == 503
    deadline = time.monotonic() + 10
    own, summed = [], []
    while len(own) + sum(line["refused"]["queue_full"] for line in summed) < REFUSALS:
        assert time.monotonic() < deadline, full_service.log_text()
        time.sleep(0.2)
        lines = [json.loads(line) for line in full_service.log_text().splitlines()
                 if line.startswith("{") and '"kind":"refused"' in line]
        own = [line for line in lines if "refused" not in line]
        summed = [line for line in lines if "refused" in line]
    assert len(own) + sum(line["refused"]["queue_full"] for line in summed) == REFUSALS
    assert {(line["status"], line["reason"]) for line in own} == {(503, "queue_full")}
    if len(own) == REFUSALS:
        pytest.skip("this machine is too slow: never more than ten in a second")
    assert summed
