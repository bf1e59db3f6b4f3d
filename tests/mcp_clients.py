"""What the tests of the stage `agents` share: where the real clients are, and what they are asked."""

import os
import subprocess
from pathlib import Path

HERE = Path(__file__).resolve().parent / "agent_clients"
NODE = os.environ.get("FORKJAIL_TEST_NODE", "node")
NODE_PACKAGES = os.environ.get("FORKJAIL_TEST_NODE_PACKAGES")
LEGACY_PYTHON = os.environ.get("FORKJAIL_TEST_LEGACY_PYTHON")
CLIENT_TIME_MAX_S = 120

FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.show()"
TOOLS = ["run_python", "create_session", "list_states", "read_file", "write_file", "end_session"]
PNG_IN_BASE64 = "iVBORw0KGgo"


def output_of(command, **options):
    """What a client's program prints; its words if it fails."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=CLIENT_TIME_MAX_S, **options)
    assert done.returncode == 0, f"{done.stdout[-3_000:]}\n{done.stderr[-3_000:]}"
    return done.stdout
