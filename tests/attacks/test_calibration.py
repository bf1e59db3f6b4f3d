"""How the battery judges time: no service is needed here."""

import dataclasses
import re
import subprocess
import sys

import pytest

from attacks import battery
from attacks.battery import Match, Slowness, assess, slowness_of
from service import SOURCE


@dataclasses.dataclass
class Answer:
    """As service.Reply is."""

    status: int
    json: dict
    elapsed_s: float = 0.1


KILLED = Answer(422, {"error": "memory limit", "stdout": "", "details": {"kind": "memory"}}, 3)


@pytest.mark.parametrize(("expectation", "slowness", "match", "missed"), [
    ("kind=memory within=5", 1.0, Match.MET, ""),
    ("kind=memory within=2", 1.0, Match.LATE, "within=2 x 1.0 (took 3.0 s)"),
    ("kind=memory within=2", 1.5, Match.MET, ""),
    ("kind=cpu_time within=2 | kind=memory within=2", 1.4, Match.LATE, "within=2 x 1.4 (took 3.0 s)"),
    ("kind=cpu_time within=2", 1.0, Match.UNMET, "kind=cpu_time, within=2 x 1.0 (took 3.0 s)"),
    ("held | status=422 kind=crash", 1.0, Match.UNMET, "held"),
])
def test_only_a_missed_time_bound_is_late(expectation, slowness, match, missed):
    assert assess(expectation, KILLED, Slowness(wall=slowness)) == (match, missed)


def run(seconds, cpu_ms):
    return Answer(200, {"usage": {"cpu_ms": cpu_ms}}, seconds)


def test_slowness_follows_the_slowest_honest_run():
    assert slowness_of([run(0.01, 2)], [run(0.2, 190)]) == Slowness(1, 1)
    assert slowness_of([run(0.01, 2)], [run(0.3, 200), run(1.5, 200)]) == Slowness(3, 1)
    assert slowness_of([run(0.5, 80)], [run(2.1, 2_000)]) == Slowness(5, 5)


def test_forkjail_attack_measures_by_the_same_figures():
    text = (SOURCE / "src/attack/calibration.cpp").read_text()
    figures = {name: float(value) for name, value in re.findall(r"constexpr \S+ k(\w+) = ([\d.]+);", text)}
    assert figures == {"Runs": battery.CALIBRATION_RUNS, "NothingSecondsMax": battery.NOTHING_SECONDS_MAX,
                       "LoopSecondsMax": battery.LOOP_SECONDS_MAX,
                       "LoopCpuSecondsMax": battery.LOOP_CPU_SECONDS_MAX}
    loop = re.search(r"kLoop =\s*((?:\"[^\"]*\"\s*)+);", text)[1]
    lines = "".join(re.findall(r"\"([^\"]*)\"", loop)).replace("\\n", "\n")
    assert lines == battery.LOOP


@pytest.mark.parametrize(("messages", "status", "summary"), [
    ([], 0, "1 passed, 0 failed, 0 skipped"),
    (["Failed: late: expected held within=5"], 3, "1 passed, 0 failed, 0 skipped, 1 late"),
    (["Failed: late: x", "AssertionError: y"], 1, "1 passed, 1 failed, 0 skipped, 1 late"),
])
def test_late_cases_are_counted_apart(tmp_path, messages, status, summary):
    failed = "".join(f'<testcase name="c{i}"><failure message="{text}"/></testcase>'
                     for i, text in enumerate(messages))
    (tmp_path / "plain.tsv").write_text("")
    (tmp_path / "attacks.xml").write_text(f'<testsuite><testcase name="ok"/>{failed}</testsuite>')
    done = subprocess.run([sys.executable, SOURCE / "scripts/summarize_tests.py", tmp_path], check=False,
                          capture_output=True, text=True)
    assert done.returncode == status and done.stdout.splitlines()[-1] == summary, done.stdout
