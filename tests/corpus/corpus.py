"""The corpus: a few hundred honest scripts, which no layer of isolation may obstruct.

A file of scripts/ holds the scripts of one topic, each after a line `# %% name`. Every script
stands alone, defines main() and returns a value that can be put into JSON and is the same in
every run. expected.json holds those values. Another folder with both is another corpus
(tests/science).
"""

import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

_CELL = re.compile(r"^# %% (\w+)\n", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    name: str  # "topic/name"
    source: str


def load(folder: Path = HERE) -> list[Script]:
    """All scripts, in the order of their files."""
    scripts = []
    for path in sorted((folder / "scripts").glob("*.py")):
        _, *parts = _CELL.split(path.read_text())
        for name, source in zip(parts[::2], parts[1::2]):
            scripts.append(Script(f"{path.stem}/{name}", source))
    names = [script.name for script in scripts]
    assert len(names) == len(set(names)), "two scripts of one name"
    return scripts


def expected(folder: Path = HERE) -> dict[str, object]:
    """What main() of each script returns, after a round through JSON."""
    return json.loads((folder / "expected.json").read_text())


def filter_module() -> Path:
    """The cells' own filter, from filter_module.cpp."""
    if chosen := os.environ.get("CORPUS_FILTER"):
        return Path(chosen)
    built = next(ROOT.glob("build/release/**/libcorpus_filter.so"), None)
    assert built, "build the target corpus_filter of the release preset first"
    return built


def run_filtered(python: str, seconds_max: int, folder: Path = HERE, rounds: int = 1, **environment: str) -> list[dict]:
    """One report per script and round, all of one warm process of that Python: warm_runner.py."""
    one_thread = dict.fromkeys(("MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    # The zygote brings semaphores whose waits the filter allows; a plain Python takes them from the module.
    as_in_a_cell = {**one_thread, "LD_PRELOAD": str(filter_module())}
    environment = {**os.environ, **as_in_a_cell, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [python, str(HERE / "warm_runner.py"), "--corpus", str(folder)]
    command += ["--filter", str(filter_module()), "--rounds", str(rounds)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=seconds_max)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def refused_calls(reports: list[dict]) -> dict[str, list]:
    return {report["script"]: report["refused"] for report in reports if report["refused"]}


def wrong_values(reports: list[dict], expected_values: dict[str, object]) -> dict[str, object]:
    return {report["script"]: report.get("error", report.get("value")) for report in reports
            if "error" in report or report["value"] != expected_values.get(report["script"])}
