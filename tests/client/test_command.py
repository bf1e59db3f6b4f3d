"""forkjail-run: live output, files, figures, exit status."""

import os
import pty
import subprocess
import sys

import pytest

from client_package import PACKAGE

SCRIPT = """import sys
print(open("data.csv").read().strip(), sys.argv[1:])
open("made.txt", "w").write("made")
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
sys.exit(int(sys.argv[1]))
"""


@pytest.fixture
def run(url, tmp_path):
    def call(*arguments, **options):
        return subprocess.run([sys.executable, "-m", "forkjail.command", *arguments], cwd=tmp_path, check=False,
                              env={**os.environ, "PYTHONPATH": str(PACKAGE / "src"), "FORKJAIL_URL": url},
                              **({"capture_output": True, "text": True, "timeout": 60} | options))

    return call


def test_files_go_in_and_come_out(run, tmp_path):
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "data.csv").write_text("1,2\n")
    ended = run("script.py", "--file", "data.csv", "4", "--", "--flag")
    assert (ended.returncode, ended.stdout) == (4, "1,2 ['4', '--flag']\n")
    assert (tmp_path / "forkjail-out/made.txt").read_text() == "made"
    assert (tmp_path / "forkjail-out/figure-1.png").read_bytes().startswith(b"\x89PNG")
    assert "exited with status 4" in ended.stderr


def test_success_leaves_no_empty_folder(run, tmp_path):
    ended = run("-", input="print('fine')")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "fine\n", "")
    assert not (tmp_path / "forkjail-out").exists()


def test_value_of_main_is_printed(run):
    ended = run("-", "--mode", "main", "--args-json", '{"n": 2}', input="def main(n): return {'double': n * 2}")
    assert ended.stdout == '{\n  "double": 4\n}\n'


def test_a_main_that_nothing_calls_is_hinted_at(run):
    hint = "forkjail: the script defines main(), which nothing called: --mode main calls it\n"
    assert run("-", input="def main(): return 1").stderr == hint
    for script in ("def main(): print(1)\nmain()", "x = 1"):
        assert run("-", input=script).stderr == ""


@pytest.mark.parametrize(("arguments", "script", "status"), [
    ((), "1/0", 1), (("--file", "absent"), "", 2),
    (("--env", "x"), "", 2), (("--memory", "999999"), "pass", 3), (("--url", "http://127.0.0.1:1"), "pass", 3)])
def test_exit_status(run, arguments, script, status):
    assert run("-", *arguments, input=script).returncode == status


def test_terminal_gets_no_control_characters(run):
    for flag, shown in (((), "�[31mred".encode()), (("--raw",), b"\x1b[31mred")):
        ours, theirs = pty.openpty()
        run("-", *flag, input=b"print('\\x1b[31mred')", capture_output=False, text=False, stdout=theirs)
        os.close(theirs)
        assert os.read(ours, 1000).startswith(shown)
        os.close(ours)
