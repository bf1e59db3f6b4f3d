"""Each step of entering a cell fails in turn: nothing runs, the step is named, nothing is left."""

import contextlib
import re
import time
from pathlib import Path

import pytest

from service import ISOLATION, children_of

SOURCE = Path(__file__).resolve().parent.parent.parent / "src/sandbox/enter_cell.cpp"
STEPS = re.findall(r'CellStep\{\s*"([^"]+)",\s*(\w+)', SOURCE.read_text())

# Steps that only one level has.
LEVEL_WITH = {"kWithNamespaces": "full", "kWithoutNamespaces": "fallback", "kWithLandlock": "fallback"}


def test_steps_are_found_in_the_source():
    assert len(STEPS) >= 15, STEPS
    assert len({name for name, _ in STEPS}) == len(STEPS)


def reason_for_not_being_ready(service):
    """The first reason that is not just "still starting"."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            reply = service.request("GET", "/ready", timeout_s=5)
            if reply.status != 503 or "enter the jail" in reply.error:
                return reply
        time.sleep(0.05)
    raise AssertionError(f"no reason within 30 s:\n{service.log_text()}")


OF_SESSIONS = [name for name, condition in STEPS if condition == "kForSessions"]
OF_RUNS = [(name, condition) for name, condition in STEPS if condition != "kForSessions"]


@pytest.mark.parametrize("step", OF_SESSIONS)
def test_failed_step_of_sessions_is_named_and_runs_go_on(start_service, step):
    service = start_service("--fail-step", step, "--queue-timeout", "1", ready=False)
    service.wait_until_ready(warm=False)
    if not service.has_sessions():
        pytest.skip("needs: sessions")
    assert service.execute("def main():\n    return 'ran'\n").result == "ran"
    deadline = time.monotonic() + 30
    while f"{step}: injected fault" not in service.log_text():  # the full zygote, which makes these cells, comes late
        assert service.post_json({}, path="/sessions").status == 503
        assert time.monotonic() < deadline, service.log_text()


@pytest.mark.parametrize(("step", "condition"), OF_RUNS, ids=[name for name, _ in OF_RUNS])
def test_failed_step_is_named_and_nothing_runs(start_service, step, condition):
    service = start_service("--fail-step", step, "--queue-timeout", "1", ready=False,
                            isolation=LEVEL_WITH.get(condition, ISOLATION))
    ready = reason_for_not_being_ready(service)
    assert ready.status == 503
    assert f"{step}: injected fault" in ready.error

    run = service.execute("def main():\n    return 'ran'\n")
    assert (run.status, run.json.keys()) == (503, {"error", "stdout"})
    assert service.request("GET", "/health").status == 200
    service.children = children_of(service.process.pid)
    # start_service's own check finds what is left


def test_unknown_step_fails_nothing(start_service):
    service = start_service("--fail-step", "no such step")
    assert service.execute("def main():\n    return 'ran'\n").result == "ran"
