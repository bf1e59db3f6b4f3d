"""`verbose` adds the rest; without it both shapes have two fields exactly."""

import pytest

OK = "import sys\ndef main():\n    print('out')\n    print('err', file=sys.stderr)\n    return 1\n"
BAD = "def main():\n    return 1 / 0\n"
MORE = {"stderr", "usage", "truncated", "isolation", "files", "display"}


def test_plain_success_has_two_fields(execute):
    assert set(execute(OK).json) == {"result", "stdout"}
    assert set(execute(OK, verbose=False).json) == {"result", "stdout"}


def test_plain_failure_has_two_fields(execute):
    assert set(execute(BAD).json) == {"error", "stdout"}


def test_verbose_success_carries_the_rest(execute):
    answer = execute(OK, verbose=True).json
    assert set(answer) == {"result", "stdout"} | MORE
    assert (answer["result"], answer["stdout"], answer["stderr"]) == (1, "out\n", "err\n")
    assert answer["truncated"] == {"stdout": False, "stderr": False, "files": False, "display": False}


def test_verbose_failure_carries_details(execute):
    answer = execute(BAD, verbose=True).json
    assert set(answer) == {"error", "stdout", "details"} | MORE
    details = answer["details"]
    assert (details["kind"], details["type"], details["message"], details["line"]) == (
        "exception", "ZeroDivisionError", "division by zero", 2)
    assert details["traceback"].startswith("Traceback (most recent call last):\n")


@pytest.mark.parametrize("part", sorted(MORE))
def test_include_adds_just_the_part_that_it_names(execute, part):
    assert set(execute(OK, include=[part]).json) == {"result", "stdout", part}


def test_an_unknown_part_is_400_and_names_the_known_ones(execute):
    reply = execute(OK, include=["stderr", "output"])
    assert reply.status == 400
    assert 'include[1]: "output" is unknown; known parts: stderr, usage' in reply.error


def test_dropped_output_is_reported_without_verbose(execute):
    reply = execute("def main():\n    print('x' * 100)\n", limits={"output_bytes": 10})
    assert reply.json["truncated"]["stdout"] is True


def test_usage_tells_time_and_memory(execute):
    script = ("import time\ndef main():\n    kept = bytearray(50 << 20)\n    end = time.process_time() + 0.3\n"
              "    while time.process_time() < end:\n        pass\n    time.sleep(0.2)\n")
    usage = execute(script, verbose=True).json["usage"]
    assert set(usage) == {"wall_ms", "cpu_ms", "queue_ms", "memory_peak_mb"}
    assert 450 <= usage["wall_ms"] <= 5_000
    assert 250 <= usage["cpu_ms"] <= 1_500
    assert usage["queue_ms"] < 1_000  # nothing else runs
    assert 50 <= usage["memory_peak_mb"] <= 140


def test_isolation_is_the_level_of_info(service):
    isolation = service.execute(OK, verbose=True).json["isolation"]
    info = service.request("GET", "/info").json["isolation"]
    assert isolation["level"] == info["level"]
    assert isolation["level"] in ("full", "fallback")


def test_stderr_does_not_mix_with_stdout(execute):
    answer = execute("import os\ndef main():\n    os.write(1, b'1')\n    os.write(2, b'2')\n", verbose=True).json
    assert (answer["stdout"], answer["stderr"]) == ("1", "2")


# What a script does that is refused, and the call that `details.syscall` names for it.
REFUSED = {
    "ptrace": ("import ctypes\ndef main():\n    libc = ctypes.CDLL(None, use_errno=True)\n"
               "    if libc.ptrace(0, 0, 0, 0) != 0:\n        raise OSError(ctypes.get_errno(), 'no ptrace')\n"),
    "socket": "import socket\ndef main():\n    socket.create_connection(('127.0.0.1', 80))\n",
    "setuid": "import os\ndef main():\n    os.setuid(0)\n",
    "execve": "import os\ndef main():\n    os.execv('/bin/sh', ['sh'])\n",
    "fork": "import os\ndef main():\n    os.fork()\n",
    "clone": "import os\ndef main():\n    os.posix_spawn('/bin/ls', ['ls'], {})\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_system_call_is_named(execute, name):
    reply = execute(REFUSED[name], verbose=True)
    assert reply.status == 422
    details = reply.json["details"]
    assert (details["kind"], details["type"], details["syscall"]) == ("exception", "PermissionError", name)


@pytest.mark.parametrize("script", [
    "import subprocess\ndef main():\n    subprocess.run(['ls'])\n",
    "import multiprocessing\ndef main():\n    multiprocessing.get_context('fork').Process(target=print).start()\n",
    "import subprocess\ndef main():\n    try:\n        subprocess.run(['ls'])\n"
    "    except OSError as error:\n        raise RuntimeError('no ls') from error\n",
], ids=["subprocess", "multiprocessing", "cause"])
def test_refused_process_is_named_where_the_failure_came_of_it(execute, script):
    assert execute(script, verbose=True).json["details"]["syscall"] == "fork"


@pytest.mark.parametrize("attempt", [
    "import platform\n    platform.processor()",
    "import os\n    try:\n        os.fork()\n    except OSError:\n        pass",
    "import subprocess\n    try:\n        subprocess.run(['fc-list'])\n    except OSError:\n        pass",
], ids=["platform", "fork", "subprocess"])
def test_a_process_that_a_script_does_without_is_not_named(execute, attempt):
    answer = execute(f"def main():\n    {attempt}\n    return 1 / 0\n", verbose=True).json
    assert answer["details"]["type"] == "ZeroDivisionError"
    assert answer["details"]["syscall"] is None
    assert execute(f"def main():\n    {attempt}\n    return 1\n").result == 1
