"""A layer that is left out is noticed by the canary attacks, and then nothing is served.

--skip-step leaves out one step into a cell, with everything that would verify it from inside or
outside: only the canaries are left to notice.
"""

import re
import time

import pytest

from service import BUILD, ISOLATION, NSJAIL

ORDINARY_USER = 54_321
SCRIPT = "def main():\n    return 1\n"

# Step left out: what the canaries say of it.
NOTICED = {
    "rlimits": "rlimits: 300 descriptors",
    "system calls": "no processes: fork",
    "working directory": "the scratch directory is empty",
}


def reason_of(running):
    """What /ready says once the first zygote was judged."""
    deadline = time.monotonic() + 60
    while True:
        try:
            reply = running.request("GET", "/ready")
            assert reply.status == 503, "served with a layer left out"
            if "no cell can be started" in reply.error:
                return reply.error
        except ConnectionRefusedError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("isolation", ["auto", "fallback"])
@pytest.mark.parametrize("step", NOTICED)
def test_missing_layer_is_noticed_and_nothing_runs(start_service, step, isolation):
    if isolation == "fallback" and ISOLATION == "fallback":
        pytest.skip("the same as auto")
    running = start_service("--skip-step", step, "--queue-timeout", "1", ready=False,
                            isolation=ISOLATION if isolation == "auto" else isolation)
    reason = reason_of(running)
    assert "isolation check failed" in reason and NOTICED[step] in reason, reason
    assert running.request("GET", "/health").status == 200
    reply = running.execute(SCRIPT)
    assert reply.status == 503 and "isolation check failed" in reply.error
    assert re.search(r"critical.* refusing to run scripts: isolation check failed", running.log_text())


def test_missing_landlock_is_noticed(start_service):
    if not others_can_reach(BUILD):
        pytest.skip(f"an ordinary user cannot reach {BUILD}")
    running = start_service("--skip-step", "files", ready=False, isolation="fallback",
                            as_user=ORDINARY_USER)
    reason = reason_of(running)
    if "no canary noticed" in reason:
        assert "landlock: off" in running.log_text()
        pytest.skip("this kernel has no Landlock")
    assert "files of the host cannot be read" in reason, reason


# One whose loss only the proof from outside would see, and one without which no cell comes up.
@pytest.mark.parametrize("step", ["capabilities", "scratch"])
def test_service_with_a_step_left_out_never_serves(start_service, step):
    running = start_service("--skip-step", step, ready=False)
    assert reason_of(running)


def test_canaries_run_before_the_first_script(start_service):
    running = start_service()
    assert "every canary attack was held off" in running.log_text()


def test_each_new_zygote_is_tried(start_service):
    running = start_service("--zygote-runs-max", "3")
    deadline = time.monotonic() + 30
    while running.log_text().count("every canary attack was held off") < 2:
        assert running.execute(SCRIPT).status == 200
        assert time.monotonic() < deadline
        time.sleep(0.05)


def others_can_reach(path):
    return all(parent.stat().st_mode & 0o001 for parent in [NSJAIL.parent, path, *path.parents])
