"""docs/operations.md names every flag, with the variable and the default that `forkjail --help` says."""

import re
import subprocess

import pytest

from service import BINARY, SOURCE

ROW = re.compile(r"^\| `(--[\w-]+)` \| `(\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", re.MULTILINE)
HELP = re.compile(r"^ +(--[\w-]+) \S.*?(?:=(\S*))? \(Env:(\w+)\)", re.MULTILINE)
INSTALLED = {"--guest-root": "guest", "--nsjail": "nsjail/nsjail"}  # below lib/forkjail, beside bin


def documented():
    """{flag: (variable, default)}"""
    rows = ROW.findall((SOURCE / "docs/operations.md").read_text())
    assert len({flag for flag, *_ in rows}) == len(rows)
    return {flag: (variable, default) for flag, variable, default, _ in rows}


@pytest.fixture(scope="module")
def offered():
    """{flag: (variable, default)}"""
    text = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True).stdout
    flags = {flag: (variable, default) for flag, default, variable in HELP.findall(text)}
    for flag, part in INSTALLED.items():
        variable, default = flags[flag]
        assert default == str(BINARY.parent.parent / "lib/forkjail" / part)
        flags[flag] = (variable, f"PREFIX/lib/forkjail/{part}")
    return flags


def test_no_flag_is_missed_when_the_help_is_read(offered):
    text = subprocess.run([BINARY, "--help"], capture_output=True, text=True, check=True).stdout
    flags = set(re.findall(r"--[\w-]+", text)) - {"--help", "--version"}
    assert flags == set(offered)


def test_docs_name_every_flag_with_its_variable_and_default(offered):
    assert documented() == offered


@pytest.mark.parametrize("flag", ["--wall-time-max", "--isolation", "--log-level", "--no-such-flag"])
def test_a_wrong_value_ends_the_start_with_status_2(flag):
    done = subprocess.run([BINARY, flag, "wrong"], capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 2 and flag in done.stderr, done.stderr
