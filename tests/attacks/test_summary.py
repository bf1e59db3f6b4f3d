"""How the cases that were late are counted, and the stages' times told: no service is needed here."""

import subprocess
import sys

import pytest

from service import SOURCE


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


def test_stages_times_stand_before_the_counts(tmp_path):
    (tmp_path / "plain.tsv").write_text("docs\tcase\tpassed\t\n")
    (tmp_path / "seconds.tsv").write_text("packages\t2\ndocs\t40\n")
    done = subprocess.run([sys.executable, SOURCE / "scripts/summarize_tests.py", tmp_path], check=True,
                          capture_output=True, text=True)
    assert done.stdout == "time: packages 2 s, docs 40 s; 42 s in all\n1 passed, 0 failed, 0 skipped\n"
