"""Clients in Python of the old era: mcp<2 and LangChain's adapters."""

from mcp_clients import PNG_IN_BASE64, TOOLS


def test_mcp_1(run_legacy, url):
    seen = run_legacy("legacy_client.py", "mcp", url)
    assert seen["version"] == "2025-11-25" and seen["name"] == "forkjail"
    assert seen["session_id"] is None  # nothing is kept for a client but what it names
    assert seen["tools"] == TOOLS
    assert seen["kept"].startswith("2\n") and seen["branch"].startswith("1\n")
    assert seen["figure"][0] == ["image", PNG_IN_BASE64]
    failed, text = seen["error"]
    assert failed and "ZeroDivisionError: division by zero" in text
    assert "cancelled" in seen["cancelled"]
    assert seen["after"].startswith("1\n")  # the cancelled run left nothing


def test_langchain_mcp_adapters(run_legacy, url):
    seen = run_legacy("legacy_client.py", "langchain", url)
    assert seen["tools"] == TOOLS
    assert "42" in str(seen["hello"])
    assert PNG_IN_BASE64 in str(seen["figure"])
    assert "ZeroDivisionError" in seen["error"]
