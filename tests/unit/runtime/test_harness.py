"""harness.py in an ordinary interpreter. What needs a process of its own (killing, memory, streams,
hostile scripts) is in tests/unit/zygote."""

import linecache
import sys

import harness
import pytest


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def put_back():
    path, argv = list(sys.path), list(sys.argv)
    yield
    sys.path[:], sys.argv[:] = path, argv
    sys.modules.pop("script", None)
    sys.modules["__main__"] = MAIN
    linecache.cache.pop("script.py", None)


def execute(script, args=b"", env=b""):
    return harness.execute(script.encode(), args, env)


def failure_of(script, args=b""):
    with pytest.raises(BaseException) as caught:
        execute(script, args)
    return harness.describe(caught.value, 128 << 20)


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
    monkeypatch.setattr(harness, "_TracebackException", None)
    failure = failure_of("def main():\n    raise ValueError('v')\n")
    assert failure["traceback"] == (
        "Traceback (most recent call last):\n"
        '  File "script.py", line 2, in main\n'
        "    raise ValueError('v')\n"
        "ValueError: v\n"
    )


def test_long_tracebacks_lose_their_middle():
    text = harness._middle_elided("a" * 50_000 + "z" * 50_000)
    assert len(text) < harness.TRACEBACK_CHARACTERS_MAX + 100
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


def test_a_deep_lack_of_memory_says_how_deep():
    script = ("import sys\nsys.setrecursionlimit(3000)\ndef down(n):\n    if n == 0:\n        raise MemoryError\n"
              "    down(n - 1)\ndef main():\n    down(2000)\n")
    assert failure_of(script)["message"] == "memory limit exceeded (128 MB), 2002 calls deep in a recursion"
