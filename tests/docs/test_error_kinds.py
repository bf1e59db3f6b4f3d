"""docs/errors.md has each kind of error that the service can send, and none that it cannot."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs/errors.md").read_text()
DOCUMENTED = {kind for line in PAGE.splitlines() if line.startswith("| `")
              for kind in re.findall(r"`(\w+)`", line.split("|")[1])} | {"internal_error"}

# Where a kind is written, and how.
TABLES = {
    "src/http/error_kind.cpp": r'StatusKind\{\d+, "(\w+)"\}',
    "src/http/request_loop.cpp": r'"[^"]+",\s*"(\w+)",\s*Shortage::',
    "src/protocol/failure.h": r'FailureKindRow\{FailureKind::\w+, "(\w+)"',
    "src/server/admission/refusal.h": r'RefusalRow\{Refusal::\w+, "(\w+)"',
    "src/server/callers/key_gate.cpp": r'KeyRefusal::\w+,\s*40\d,\s*"(\w+)"|set_kind\(response, "(\w+)"\)',
    "src/server/api/run_answer.h": r'kRunLost = "(\w+)"',
    "src/server/api/session_json.cpp": r'(?:SessionEnd::\w+,|",|there",)\s*"((?:session|state|no)_\w+)"',
    "src/server/mcp/mcp_handler.cpp": r'kOriginRefused = "(\w+)"',
    "src/server/api/session_file_handlers.cpp": r'FaultRow\{"\w+", \d+, "(\w+)"\}',
}


def kinds_in(source):
    return {kind for found in re.finditer(TABLES[source], (ROOT / source).read_text())
            for kind in found.groups() if kind}


@pytest.mark.parametrize("source", TABLES)
def test_each_kind_of_the_source_is_documented(source):
    kinds = kinds_in(source)
    assert kinds, "the table was not found"
    assert not kinds - DOCUMENTED


def test_each_documented_kind_is_in_a_source():
    assert not DOCUMENTED - set().union(*map(kinds_in, TABLES))
