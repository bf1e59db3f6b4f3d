"""harness.py in an ordinary interpreter. What needs a process of its own (killing, memory, streams,
hostile scripts) is in tests/unit/zygote."""

import sys

import failures
import harness
import pytest
from runs import execute, failure_of


def test_value_is_what_main_returned():
    assert execute("def main(): return {'a': (1, 2)}") == {"a": (1, 2)}


@pytest.mark.parametrize(
    ("args", "expected"),
    [(b"", ((), {})), (b"[1, 2]", ((1, 2), {})), (b'{"x": 1}', ((), {"x": 1}))],
)
def test_args_are_positional_or_named(args, expected):
    assert execute("def main(*a, **k): return a, k", args) == expected


def test_coroutines_are_awaited():
    assert execute("async def main(): return 1") == 1


def test_env_is_added(monkeypatch):
    monkeypatch.delenv("FORKJAIL_TEST_A", raising=False)
    script = "import os\ndef main(): return os.environ['FORKJAIL_TEST_A']"
    assert execute(script, env=b"FORKJAIL_TEST_A=x=y\0broken\0") == "x=y"


def test_line_numbers_survive_bom_and_crlf():
    failure = failure_of("\ufeffdef main():\r\n    x = 1\r\n    return 1 / 0\r\n")
    assert (failure["line"], failure["function"]) == (3, "main")


def test_traceback_starts_at_the_scripts_first_frame():
    lines = failure_of("def main():\n    int('x')\n")["traceback"].splitlines()
    assert lines[1:3] == ['  File "script.py", line 2, in main', "    int('x')"]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("def main(:", "syntax"),
        ("", "no_main"),
        ("main = 1", "no_main"),
        ("def main(): 1 / 0", "exception"),
        ("def main(): raise SystemExit(3)", "exit"),
        ("def main(): raise MemoryError", "memory"),
    ],
)
def test_kinds(script, kind):
    assert failure_of(script)["kind"] == kind


def test_exit_status_is_the_low_byte():
    assert failure_of("def main(): raise SystemExit(259)")["exit_code"] == 3


def test_plain_traceback_serves_when_the_standard_one_is_broken(monkeypatch):
    monkeypatch.setattr(failures, "_TracebackException", None)
    failure = failure_of("def main():\n    raise ValueError('v')\n")
    assert failure["traceback"] == (
        "Traceback (most recent call last):\n"
        '  File "script.py", line 2, in main\n'
        "    raise ValueError('v')\n"
        "ValueError: v\n"
    )


def test_long_tracebacks_lose_their_middle():
    text = failures._middle_elided("a" * 50_000 + "z" * 50_000)
    assert len(text) < failures.TRACEBACK_CHARACTERS_MAX + 100
    assert text.startswith("a") and text.endswith("z")


def test_flush_survives_anything(monkeypatch):
    class Hostile:
        def flush(self):
            raise SystemExit

    monkeypatch.setattr(sys, "stdout", Hostile())
    monkeypatch.setattr(sys, "stderr", None)
    harness.flush_streams()


@pytest.mark.parametrize(
    ("raised", "lacks"),
    [
        ("raise PermissionError(1, 'x')", True),
        ("raise OSError(1, 'x')", True),
        ("raise PermissionError(13, 'x')", False),
        ("raise OSError('x')", False),
        ("raise ValueError", False),
        ("try:\n        raise OSError(1, 'x')\n    except OSError as e:\n        raise KeyError from e", True),
        ("try:\n        raise OSError(1, 'x')\n    except OSError:\n        raise KeyError", True),
        ("try:\n        raise OSError(1, 'x')\n    except OSError:\n        pass\n    raise KeyError", False),
        ("e = KeyError()\n    f = KeyError()\n    e.__cause__ = f\n    f.__cause__ = e\n    raise e", False),
    ],
)
def test_what_lacks_permission(raised, lacks):
    failure = failure_of(f"def main():\n    {raised}\n")
    assert failure.get("lacks_permission", False) is lacks


def test_both_names_of_the_module():
    assert execute("import __main__, script\ndef main(): return __main__ is script, __main__.__name__") == (True, "script")


def test_a_call_without_memory_for_its_frame_is_a_lack_of_memory():
    failure = failure_of("def main(): raise SystemError('error return without exception set')")
    assert (failure["kind"], failure["message"], failure["line"]) == ("memory", "memory limit exceeded (128 MB)", 1)
    assert failure_of("def main(): raise SystemError('x')")["kind"] == "exception"


def test_an_array_that_does_not_fit_says_how_large_it_is():
    pytest.importorskip("numpy")
    failure = failure_of("import numpy as np\ndef main(): return np.ones((10**8, 10**6))")
    assert (failure["kind"], failure["type"]) == ("memory", "MemoryError")
    assert failure["message"].startswith("memory limit exceeded (128 MB): Unable to allocate 728. TiB for an array")


def test_a_deep_lack_of_memory_says_how_deep():
    script = ("import sys\nsys.setrecursionlimit(3000)\ndef down(n):\n    if n == 0:\n        raise MemoryError\n"
              "    down(n - 1)\ndef main():\n    down(2000)\n")
    assert failure_of(script)["message"] == "memory limit exceeded (128 MB), 2002 calls deep in a recursion"


# --- modes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ("1 + 1", 2),
        ("x = 1\nx", 1),
        ("1 + 1;", None),
        ("(1);  # shown by nobody", None),
        ("'\u00e9';", None),
        ("'one; two'", "one; two"),
        ("x = 1", None),
        ("", None),
        ("# nothing", None),
        ("None", None),
        ("if True:\n    5", None),
        ("(\n  1 +\n  2\n)\n\n", 3),
        ("import asyncio\nawait asyncio.sleep(0, 7)", 7),
        ("async def f(): return 1\nx = await f()\nx + await f()", 2),
        ("__name__", "__main__"),
        ("import sys; sys.exit()", None),
    ],
)
def test_value_of_a_cell_is_its_last_expression(script, value):
    assert execute(script, mode="repl") == value


def test_last_value_of_a_cell_has_the_name_underscore():
    execute("41 + 1", mode="repl")
    assert sys.modules["__main__"]._ == 42
    assert "<last value>" not in vars(sys.modules["__main__"])


@pytest.mark.parametrize("mode", ["program", "repl"])
def test_line_numbers_are_the_users_own_in_every_mode(mode):
    failure = failure_of("x = 1\n\ndef f():\n    1 / 0\n\nf()\n", mode=mode)
    assert (failure["kind"], failure["line"], failure["function"]) == ("exception", 4, "f")
    assert failure["traceback"].splitlines()[1:3] == ['  File "script.py", line 6, in <module>', "    f()"]
    assert failure_of("x = 1\ny = = 2", mode=mode)["line"] == 2


def test_a_failure_of_awaited_code_has_no_frame_of_asyncio():
    failure = failure_of("async def f():\n    1 / 0\nawait f()\n", mode="repl")
    assert (failure["line"], failure["traceback"].count('File "')) == (2, 2)


def test_a_program_is_main_and_gets_its_arguments():
    execute("import sys\nassert __name__ == '__main__'\nassert sys.argv == ['script.py', 'a', 'b']", b'["a", "b"]',
            mode="program")
    execute("import sys\nassert sys.argv == ['script.py']", mode="program")


@pytest.mark.parametrize("args", [b'{"a": "b"}', b"[1]", b'["a", null]'])
def test_arguments_of_a_program_are_strings(args):
    assert "array of strings" in failure_of("", args, mode="program")["message"]


@pytest.mark.parametrize("ending", ["sys.exit()", "sys.exit(0)", "sys.exit(False)", "raise SystemExit"])
def test_a_program_may_exit_with_success(ending):
    assert execute(f"import sys\n{ending}\n1 / 0", mode="program") is None


@pytest.mark.parametrize(("code", "status", "said"), [("3", 3, ""), ("'no'", 1, ": no"), ("-1", 255, "")])
def test_a_program_that_exits_with_another_status_fails(code, status, said):
    failure = failure_of(f"import sys\nsys.exit({code})", mode="program")
    assert (failure["kind"], failure["exit_code"]) == ("exit", status)
    assert failure["message"] == f"script exited with status {status}{said}"
