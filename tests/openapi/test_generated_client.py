"""A client that a stock generator makes of the document runs a script."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

USE = """
import sys
from forkjail_client import Client
from forkjail_client.api.default import create_session, execute, execute_in_session
from forkjail_client.models import ExecuteRequest, SessionExecuteRequest, SessionRequest

client = Client(base_url=sys.argv[1])
run = execute.sync(client=client, body=ExecuteRequest(script="def main():\\n    print('hi')\\n    return [1, 2]"))
print(run.result, repr(run.stdout))
print(execute.sync(client=client, body=ExecuteRequest(script="1 / 0")).error)
session = create_session.sync(client=client, body=SessionRequest()).session
for script in ("x = 20", "x + 1"):
    print(execute_in_session.sync(session, client=client, body=SessionExecuteRequest(script=script)).result)
"""


@pytest.fixture
def generated(service, tmp_path):
    """The folder that has the package."""
    document = tmp_path / "openapi.json"
    document.write_bytes(service.request("GET", "/openapi.json").body)
    tools = Path(sys.executable).parent
    done = subprocess.run(
        [tools / "openapi-python-client", "generate", "--path", document, "--output-path", tmp_path / "client",
         "--fail-on-warning"],
        env=os.environ | {"PATH": f"{tools}:{os.environ['PATH']}"}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return tmp_path / "client"


def test_a_generated_client_runs_scripts_and_sessions(service, generated):
    done = subprocess.run([sys.executable, "-c", USE, f"http://127.0.0.1:{service.port}"], cwd=generated,
                          capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[1, 2] 'hi\\n'", "ZeroDivisionError: division by zero (line 1, in <module>)",
                                        "None", "21"]
