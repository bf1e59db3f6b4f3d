"""The image under gVisor with the limits and variables of Cloud Run's first generation."""

import json
import os
import subprocess
import threading
import time

import pytest

from container.gvisor import Sandbox
from e2e.test_seed_examples import EXAMPLES

SLEEP = "import time\ndef main():\n    print('begun', flush=True)\n    time.sleep(3)\n    return 'finished'\n"


@pytest.fixture(scope="module")
def bundle(archive, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "rootfs").mkdir()
    subprocess.run(["tar", "-x", "-f", archive, "-C", folder / "rootfs"], check=True, timeout=60)
    return folder


@pytest.fixture(params=[(512, 1), (1_024, 2)], ids=["512 MB, 1 CPU", "1 GB, 2 CPUs"])
def sandbox(engine, bundle, request):
    runsc = os.environ.get("FORKJAIL_TEST_RUNSC")
    if not runsc:
        pytest.skip("there is no runsc; ./test container gets it where it can")
    running = Sandbox(runsc, engine, bundle, *request.param)
    try:
        yield running.wait_until_ready()
    finally:
        running.remove()


def test_cloud_runs_first_generation_serves_and_ends_cleanly(sandbox):
    for script, expected in EXAMPLES.values():
        reply = sandbox.execute(script)
        assert (reply.status, reply.json) == (200, expected), sandbox.log_text()
    isolation = sandbox.request("GET", "/info").json["isolation"]
    on = {layer["name"] for layer in isolation["layers"] if layer["state"] == "on"}
    assert {"chroot", "own uid", "no capabilities", "no_new_privs", "seccomp filter"} <= on, isolation

    replies = []
    thread = threading.Thread(target=lambda: replies.append(sandbox.execute(SLEEP)))
    thread.start()
    time.sleep(1.5)
    assert sandbox.stop() == 0, sandbox.log_text()
    thread.join()
    assert replies[0].json == {"result": "finished", "stdout": "begun\n"}

    lines = [json.loads(line) for line in sandbox.log_text().splitlines() if line.startswith("{")]
    assert any(line["severity"] == "WARNING" and "FALLBACK" in line["message"] for line in lines)
