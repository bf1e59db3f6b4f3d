"""No honest script is refused a system call, and each returns what it returns without a filter.

The filter is the cells' own, from the build (filter_module.cpp). Settings, from the environment:
    CORPUS_PYTHON   a Python with the guest's packages; default: the one that runs the tests
    CORPUS_FILTER   libcorpus_filter.so; default: that of the release build
    CORPUS_ROUNDS   how often; default: once. 20 show what happens only now and then (two threads
                    that need a buffer of OpenBLAS at once)
"""

import os
import sys

import pytest

from corpus import corpus

PYTHON = os.environ.get("CORPUS_PYTHON", sys.executable)
ROUNDS = int(os.environ.get("CORPUS_ROUNDS", "1"))
ROUND_SECONDS_MAX = 300


pytestmark = pytest.mark.timeout(ROUND_SECONDS_MAX * ROUNDS)


@pytest.fixture(scope="module")
def reports() -> list[dict]:
    return corpus.run_filtered(PYTHON, ROUND_SECONDS_MAX * ROUNDS, rounds=ROUNDS)


def test_every_script_ran(reports):
    ran = sorted(report["script"] for report in reports)
    names = [script.name for script in corpus.load()]
    assert ran == sorted(names * ROUNDS)


def test_no_script_is_refused_a_call(reports):
    assert corpus.refused_calls(reports) == {}


def test_every_script_returns_what_it_returns_without_a_filter(reports):
    assert corpus.wrong_values(reports, corpus.expected()) == {}
