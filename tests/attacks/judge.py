"""The battery as `forkjail attack` reads and judges it: the cases that there are, and one run of the
program for each service under test, which is told the next case only when the last one's aftermath was
looked at."""

import contextlib
import dataclasses
import json
import subprocess
import tempfile
from pathlib import Path

import pytest

from service import ANSWER_TIME_MAX_S, BINARY

CASES_DIRECTORY = Path(__file__).resolve().parent / "cases"
COMMAND = [BINARY, "attack", "--json", "--cases", CASES_DIRECTORY]


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    numbers: frozenset
    file: str
    request: dict  # what is sent to /execute


def list_cases():
    done = subprocess.run([*COMMAND, "--list"], check=True, stdout=subprocess.PIPE)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [Case(line["name"], frozenset(line["numbers"]), line["file"], line["request"]) for line in lines]


CASES = list_cases()


def with_numbers(numbers):
    return [case for case in CASES if case.numbers & numbers]


def request_of(file):
    """The request that runs the case in that file, for tests that judge by other means."""
    return next(case.request for case in CASES if case.file == file)


class Judge:
    """One run of the program against one service."""

    def __init__(self, service):
        self.stderr = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [*COMMAND, "--url", f"http://127.0.0.1:{service.port}", "--timeout", str(ANSWER_TIME_MAX_S),
             "--from-stdin"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.stderr, text=True, bufsize=1)

    def judge(self, case):
        """The line of the case."""
        with contextlib.suppress(BrokenPipeError):  # then the reading below says why
            self.process.stdin.write(case.name + "\n")
        for text in self.process.stdout:
            line = json.loads(text)
            if line["name"] == case.name and "companion" not in line:
                return line
        self.process.wait()
        self.stderr.seek(0)
        raise AssertionError(f"forkjail attack ended with {self.process.returncode}: {self.stderr.read()}")

    def stop(self):
        self.process.communicate()
        self.stderr.close()


def assert_verdict(line, enough=("held", "weaker")):
    """A late case is a failure of a kind of its own, which scripts/summarize_tests.py counts apart."""
    said = f"expected {line['expected']}; {line['seen']}"
    if line["verdict"] == "late":
        pytest.fail(f"late: {said}", pytrace=False)
    assert line["verdict"] in enough, f"{line['verdict']}: {said}"


def assert_well_formed(reply):
    """Whatever a script does, the service answers 200 or 422 in the contract's shape."""
    assert reply.status in (200, 422), f"{reply.status}: {reply.body[:500]!r}"
    answer = json.loads(reply.body.decode("utf-8"))  # strict UTF-8
    assert ("result" if reply.status == 200 else "error") in answer and "stdout" in answer, answer
