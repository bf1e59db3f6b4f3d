"""docs/operations.md names every flag, with the variable and the default that `forkjail --help` says."""

import json
import os
import re
import subprocess

import pytest

from service import BINARY, SOURCE

ROW = re.compile(r"^\| `(--[\w-]+)` \| `(\w+)` \| (?:`([^`]*)`)? ?\| (.+) \|$", re.MULTILINE)
HELP = re.compile(r"^ +(--[\w-]+)(?: .*?)??(?:=(\S*))? \(Env:(\w+)\)", re.MULTILINE)
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


def start_with(*flags, **variables):
    """How a start ends that has something wrong with it."""
    return subprocess.run([BINARY, *flags], capture_output=True, text=True, check=False, timeout=30,
                          env={"PATH": os.environ["PATH"], **variables})


WRONG = [  # flags, variables, the line
    ([], {"PORT": "abc"}, "PORT=abc is not a whole number from 1 to 65535"),
    (["--port", "65536"], {}, "--port 65536 is not a whole number from 1 to 65535"),
    (["--port=8080x"], {"PORT": "9000"}, "--port 8080x is not a whole number from 1 to 65535"),
    (["--isolation", "none"], {}, "--isolation none is not one of auto, full, fallback"),
    (["--compat-root", "dify,perl"], {}, "--compat-root dify,perl is not one of dify, fastgpt, jobe, onyx, piston, "
     "ragflow, separated by commas"),
    ([], {"FORKJAIL_ISOLATION": "Full"}, "FORKJAIL_ISOLATION=Full is not one of auto, full, fallback"),
    (["--address", "x"], {}, "--address x is not an IP address, such as 0.0.0.0, 127.0.0.1 or ::"),
    (["--memory-max", "1e9"], {}, "--memory-max 1e9 is not a number from 1 to 1048576"),
    (["--grace-time", "-1"], {}, "--grace-time -1 is not a number from 0 to 3600"),
    (["--guest-root", "guest"], {}, "--guest-root guest is not an absolute path"),
    (["--cell-uid-first", "0"], {}, "--cell-uid-first 0 is not a whole number from 1 to 4294900000"),
    (["--cells-max", "3", "--pool-size", "9"], {}, "--cells-max 3 is less than --pool-size, which is 9"),
]


@pytest.mark.parametrize(("flags", "variables", "line"), WRONG)
def test_one_line_names_what_was_given_and_what_is_allowed(flags, variables, line):
    done = start_with(*flags, **variables)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"forkjail: {line}\n")


@pytest.mark.parametrize("variables", [{"FORKJAIL_LOG_FORMAT": "json"}, {"K_SERVICE": "forkjail"}])
def test_it_is_said_in_the_logs_format(variables):
    done = start_with("--isolation", "none", **variables)
    line = json.loads(done.stderr)
    assert (done.returncode, line["severity"]) == (2, "CRITICAL")
    assert line["message"] == "--isolation none is not one of auto, full, fallback"


def test_the_last_of_a_repeated_flag_wins():
    done = start_with("--port", "1", "--port", "no")
    assert done.returncode == 2 and "--port no is" in done.stderr


def test_an_empty_variable_preloads_nothing(start_service):
    running = start_service(environment={"FORKJAIL_PRELOAD": ""})
    assert set(running.request("GET", "/info").json["pool"]["flavours"]) <= {"light", "session"}
