"""The JavaScript SDK, @e2b/code-interpreter: one program (sdk.mjs) that uses it, and what it saw."""

import json
import os
import pathlib
import subprocess

import pytest

NODE = os.environ.get("FORKJAIL_TEST_NODE")


@pytest.fixture(scope="module")
def seen(shared_service):
    if NODE is None:
        pytest.skip("no Node.js: ./test e2b installs it")
    url = f"http://127.0.0.1:{shared_service.get().port}/compat/e2b"
    script = pathlib.Path(__file__).with_name("sdk.mjs")
    ran = subprocess.run([NODE, script, url, "e2b_0123456789abcdef"], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr[-3_000:]
    return json.loads(ran.stdout.splitlines()[-1])


@pytest.mark.parametrize("what, value", [
    ("state", ["42", 2, True]),
    ("output", [True, True]),
    ("png", "PNG"),
    ("data", {"a": [1, 2]}),
    ("error", ["ZeroDivisionError", "division by zero", True]),
    ("envs", "12"),
    ("contexts", ["own", "42", 2]),
    ("restarted", "NameError"),
    ("written", ["a.txt", "/scratch/work/sub/a.txt"]),
    ("read", ["text \u00e9", [0, 1, 255]]),
    ("listed", ["dir sub", "file b", "file c"]),
    ("exists", [True, False]),
    ("after", "1"),
    ("metadata", {"user": "u1"}),
    ("connected", "42"),
    ("paused", [True, False, False, "42"]),
    ("killed", [True, True, False, False]),
])
def test_what_it_does(seen, what, value):
    assert seen[what] == value


@pytest.mark.parametrize("what, words", [
    ("removed", ["NotFoundError", "not found"]),
    ("missing", ["FileNotFoundError"]),
    ("command", ["no commands here"]),
    ("language", ["400"]),
    ("timeout", ["TimeoutError", "Execution timed out"]),
    ("gone", ["TimeoutError", "not found"]),
])
def test_how_it_says_what_it_cannot_do(seen, what, words):
    assert all(word in seen[what] for word in words), seen[what]


def test_the_forms_of_a_data_frame(seen):
    assert set(seen["formats"]) == {"html", "data"}
