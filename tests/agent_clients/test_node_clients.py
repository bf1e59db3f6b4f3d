"""Clients in JavaScript: the SDK of the old era, the client of both, and the inspector's command line."""

import json

import pytest
from mcp_clients import PNG_IN_BASE64, TOOLS

INSPECTOR = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"
RUN_TIME_S = 25  # of the run that is cancelled


@pytest.mark.parametrize("package, mode", [("sdk", "legacy"), ("client", "legacy"), ("client", "auto")])
def test_client(run_node, url, package, mode):
    seen = run_node("node_client.mjs", package, url, mode)
    assert seen["tools"] == TOOLS
    assert seen["kept"].startswith("2\n") and seen["branch"].startswith("1\n")
    assert seen["figure"][0] == ["image", PNG_IN_BASE64]
    failed, text = seen["error"]
    assert failed and "ZeroDivisionError: division by zero" in text
    assert len(seen["progress"]) >= 2 and seen["progress"] == sorted(set(seen["progress"]))
    assert seen["cancelled"] != "not cancelled"
    assert seen["after"].startswith("1\n") and seen["seconds"] < RUN_TIME_S


def test_inspector_lists_the_tools(node_program, url):
    said = json.loads(node_program(INSPECTOR, "--cli", url, "--transport", "http", "--method", "tools/list"))
    assert [tool["name"] for tool in said["tools"]] == TOOLS


def test_inspector_calls_a_tool(node_program, url):
    said = json.loads(node_program(INSPECTOR, "--cli", url, "--transport", "http", "--method", "tools/call",
                                   "--tool-name", "run_python", "--tool-arg", "code=print(6 * 7)"))
    assert said["content"][0] == {"type": "text", "text": "42\n"}
