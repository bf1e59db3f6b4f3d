"""The corpus: a few hundred honest scripts, which no wall of a cell may stand in the way of.

A file of scripts/ holds the scripts of one topic, each after a line `# %% name`. Every script
stands alone, defines main() and returns a value that can be put into JSON and is the same in
every run. expected.json holds those values.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPECTED = HERE / "expected.json"

_CELL = re.compile(r"^# %% (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    name: str  # "topic/name"
    source: str


def load() -> list[Script]:
    """All scripts, in the order of their files."""
    scripts = []
    for path in sorted((HERE / "scripts").glob("*.py")):
        _, *parts = _CELL.split(path.read_text())
        for name, source in zip(parts[::2], parts[1::2]):
            scripts.append(Script(f"{path.stem}/{name}", source))
    names = [script.name for script in scripts]
    assert len(names) == len(set(names)), "two scripts of one name"
    return scripts


def expected() -> dict[str, object]:
    """What main() of each script returns, after a round through JSON."""
    return json.loads(EXPECTED.read_text())
