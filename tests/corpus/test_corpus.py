"""No honest script is refused a system call, and each returns what it returns without a filter.

The filter is the cells' own, from the build (filter_module.cpp). Settings, from the environment:
    CORPUS_PYTHON   a Python with the guest's packages; default: the one that runs the tests
    CORPUS_FILTER   libcorpus_filter.so; default: that of the release build
    CORPUS_ROUNDS   how often; default: once. 20 show what happens only now and then (two threads
                    that need a buffer of OpenBLAS at once)
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus import corpus

ROOT = corpus.HERE.parent.parent
PYTHON = os.environ.get("CORPUS_PYTHON", sys.executable)
ROUNDS = int(os.environ.get("CORPUS_ROUNDS", "1"))
ROUND_SECONDS_MAX = 300


def filter_module() -> Path:
    if chosen := os.environ.get("CORPUS_FILTER"):
        return Path(chosen)
    built = next(ROOT.glob("build/release/**/libcorpus_filter.so"), None)
    assert built, "build the target corpus_filter of the release preset first"
    return built


pytestmark = pytest.mark.timeout(ROUND_SECONDS_MAX * ROUNDS)


@pytest.fixture(scope="module")
def reports() -> list[dict]:
    """One report a script and round, all of one warm process."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [PYTHON, str(corpus.HERE / "warm_runner.py")]
    command += ["--filter", str(filter_module()), "--rounds", str(ROUNDS)]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment,
                         timeout=ROUND_SECONDS_MAX * ROUNDS)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_every_script_ran(reports):
    ran = sorted(report["script"] for report in reports)
    names = [script.name for script in corpus.load()]
    assert ran == sorted(names * ROUNDS)


def test_no_script_is_refused_a_call(reports):
    refused = {report["script"]: report["refused"] for report in reports if report["refused"]}
    assert refused == {}


def test_every_script_returns_what_it_returns_without_a_filter(reports):
    expected = corpus.expected()
    wrong = {report["script"]: report.get("error", report.get("value")) for report in reports
             if "error" in report or report["value"] != expected.get(report["script"])}
    assert wrong == {}
