"""The service as clients of the Model Context Protocol reach it. Fixtures of the stage `agents`."""

import json
from pathlib import Path

import pytest
from mcp_clients import HERE, LEGACY_PYTHON, NODE, NODE_PACKAGES, output_of


@pytest.fixture
def url(service):
    return f"http://127.0.0.1:{service.port}/mcp"


@pytest.fixture
def run_node(tmp_path):
    """run_node("script.mjs", argument, ...): its last line, which is JSON."""
    if NODE_PACKAGES is None:
        pytest.skip("FORKJAIL_TEST_NODE_PACKAGES is not set")
    modules = tmp_path / "node_modules"
    modules.symlink_to(Path(NODE_PACKAGES) / "node_modules")

    def run(script, *arguments):
        copy = tmp_path / script
        copy.write_text((HERE / script).read_text())  # modules are looked for beside it
        return json.loads(output_of([NODE, copy, *arguments]).splitlines()[-1])

    return run


@pytest.fixture
def node_program():
    """node_program("package/path.js", argument, ...): what a program of a package prints."""
    if NODE_PACKAGES is None:
        pytest.skip("FORKJAIL_TEST_NODE_PACKAGES is not set")

    def run(program, *arguments):
        return output_of([NODE, Path(NODE_PACKAGES) / "node_modules" / program, *arguments])

    return run


@pytest.fixture
def run_legacy():
    """run_legacy("script.py", argument, ...): its last line, which is JSON, in the venv with mcp<2."""
    if LEGACY_PYTHON is None:
        pytest.skip("FORKJAIL_TEST_LEGACY_PYTHON is not set")

    def run(script, *arguments):
        return json.loads(output_of([LEGACY_PYTHON, "-B", HERE / script, *arguments]).splitlines()[-1])

    return run
