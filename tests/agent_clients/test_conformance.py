"""The protocol's own conformance suite, all scenarios of servers, in both eras. Most of them call
fixture tools, which the hidden flag --mcp-fixtures adds."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from mcp_clients import CLIENT_TIME_MAX_S, HERE, NODE, NODE_PACKAGES

SUITES = [("conformance", []), ("conformance-next", ["--requirements", "2025-11-25"]),
          ("conformance-next", ["--requirements", "2026-07-28"])]
EXPECTED_FAILURES = HERE / "expected-failures.yml"


@pytest.mark.parametrize("package, flags", SUITES, ids=["released", "next-2025-11-25", "next-2026-07-28"])
def test_every_scenario_of_servers_passes(start_service, tmp_path, package, flags):
    if NODE_PACKAGES is None:
        pytest.skip("FORKJAIL_TEST_NODE_PACKAGES is not set")
    running = start_service("--mcp-fixtures")
    program = Path(NODE_PACKAGES) / "node_modules" / package / "dist/index.js"
    expected = ["--expected-failures", EXPECTED_FAILURES] if EXPECTED_FAILURES.exists() else []
    done = subprocess.run([str(part) for part in [NODE, program, "server", "--url", f"http://127.0.0.1:{running.port}/mcp",
                                                  *flags, *expected]],
                          capture_output=True, text=True, timeout=CLIENT_TIME_MAX_S, cwd=tmp_path,
                          env={**os.environ, "NO_COLOR": "1"})
    said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, said[-6_000:]
    assert len(re.findall(r"(?m)^\s*(?:✓|\[?PASS)", said)) >= 20, said[-6_000:]  # it did run them
