"""No source file is longer than a reader takes in at once: what is longer is cut, or its head comment says why not.

The sentence is looked for in the first lines: "longer than 350 lines" and what keeps the file together.
"""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("src", "runtime", "scripts", "tests", "bench", "deploy")
ENDINGS = (".h", ".cpp", ".py", ".sh")
LINES_MAX = 350
HEAD_LINES = 20
REASON = f"longer than {LINES_MAX} lines"


def sources():
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")
             if path.suffix in ENDINGS and path.is_file()]
    return sorted([*found, ROOT / "run", ROOT / "test"])


def is_short_or_says_why(text):
    lines = text.splitlines()
    return len(lines) <= LINES_MAX or REASON in "\n".join(lines[:HEAD_LINES])


def test_no_file_is_too_long_without_a_reason():
    too_long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines())
                for path in sources() if not is_short_or_says_why(path.read_text())}
    assert not too_long


@pytest.mark.parametrize("head, lines, is_fine", [
    ("// What it is.\n", LINES_MAX - 1, True),
    ("// What it is.\n", LINES_MAX, False),
    (f"// A table, therefore {REASON}.\n", LINES_MAX, True),
    ("x\n" * HEAD_LINES + f"// {REASON}\n", LINES_MAX, False),
])
def test_the_limit_holds_where_it_says(head, lines, is_fine):
    assert is_short_or_says_why(head + "x\n" * lines) == is_fine
