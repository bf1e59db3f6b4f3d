"""Scripts that are at fault: 422, one clear line, the user's own line numbers, nothing of ours."""

import pytest


def failure(reply, kind=None):
    assert reply.status == 422, f"{reply.status}: {reply.body[:500]!r}"
    if kind:
        assert reply.json["details"]["kind"] == kind, reply.json["details"]
    else:
        assert set(reply.json) == {"error", "stdout"}
    assert "\n" not in reply.error
    return reply.error


def test_script_without_main_is_an_error(execute):
    assert "main" in failure(execute("x = 1\n"))
    failure(execute("x = 1\n", verbose=True), "no_main")


def test_word_main_in_a_comment_is_no_main(execute):
    failure(execute("# def main(): pass\ntext = 'def main():'\n", verbose=True), "no_main")


def test_main_that_is_not_callable_is_an_error(execute):
    reply = execute("main = 5\n", verbose=True)
    assert "main" in failure(reply, "no_main")


def test_main_may_be_any_callable(execute):
    assert execute("main = lambda: 7\n").result == 7
    assert execute("class Answer:\n    def __call__(self):\n        return 8\nmain = Answer()\n").result == 8


def test_async_main_is_awaited(execute):
    script = "import asyncio\nasync def main():\n    await asyncio.sleep(0.01)\n    return 'awaited'\n"
    assert execute(script).result == "awaited"


def test_syntax_error_names_its_line(execute):
    script = "def main():\n" + "    x = 1\n" * 5 + "    return (1 +\n"
    error = failure(execute(script))
    assert error.startswith("SyntaxError: ") and "line 7" in error
    details = execute(script, verbose=True).json["details"]
    assert (details["kind"], details["type"], details["line"]) == ("syntax", "SyntaxError", 7)
    assert "script.py" in details["traceback"]


def test_indentation_error_is_a_syntax_error(execute):
    error = failure(execute("def main():\nreturn 1\n"))
    assert error.startswith("IndentationError: ") and "line 2" in error


def test_exception_names_type_message_line_and_function(execute):
    script = "def main():\n    a = 1\n    return a / 0\n"
    assert failure(execute(script)) == "ZeroDivisionError: division by zero (line 3, in main)"


def test_exception_three_calls_deep_shows_each_frame_and_none_of_ours(execute):
    script = (
        "def inner():\n    raise ValueError('deep down')\n\n"
        "def middle():\n    inner()\n\n"
        "def outer():\n    middle()\n\n"
        "def main():\n    outer()\n"
    )
    reply = execute(script, verbose=True)
    assert failure(reply, "exception") == "ValueError: deep down (line 2, in inner)"
    details = reply.json["details"]
    assert (details["type"], details["message"], details["line"]) == ("ValueError", "deep down", 2)
    traceback = details["traceback"]
    for line, function in ((11, "main"), (8, "outer"), (5, "middle"), (2, "inner")):
        assert f'File "script.py", line {line}, in {function}' in traceback
    assert traceback.count('File "') == 4, traceback
    assert "raise ValueError('deep down')" in traceback
    assert "harness" not in traceback and "/usr/lib/forkjail" not in traceback


def test_exception_at_import_time_names_the_module_level(execute):
    error = failure(execute("x = 1\nraise RuntimeError('at the top')\ndef main():\n    pass\n"))
    assert error.startswith("RuntimeError: at the top (line 2")


def test_exception_inside_a_library_names_the_scripts_own_line(execute):
    reply = execute("import json\ndef main():\n    return json.loads('{')\n", verbose=True)
    assert "JSONDecodeError" in failure(reply, "exception")
    assert 'File "script.py", line 3, in main' in reply.json["details"]["traceback"]


def test_exception_message_of_many_lines_becomes_one_line(execute):
    error = failure(execute("def main():\n    raise ValueError('one\\ntwo\\r\\nthree')\n"))
    assert error.startswith("ValueError: one two three")


def test_missing_module_is_an_exception(execute):
    error = failure(execute("import no_such_module\ndef main():\n    return 1\n"))
    assert error.startswith("ModuleNotFoundError: No module named 'no_such_module' (line 1")


def test_what_was_printed_before_an_exception_is_kept(execute):
    reply = execute("def main():\n    print('before')\n    raise KeyError('x')\n")
    failure(reply)
    assert reply.stdout == "before\n"


def test_print_without_newline_before_an_endless_loop_is_kept(execute):
    script = "def main():\n    print('no newline', end='')\n    while True:\n        pass\n"
    reply = execute(script, limits={"cpu_time_s": 1})
    assert failure(reply).lower().startswith("cpu time limit exceeded (1 s)")
    assert reply.stdout == "no newline"


def test_sys_exit_is_reported_with_its_code(execute):
    script = "import sys\ndef main():\n    print('so far')\n    sys.exit(3)\n"
    reply = execute(script, verbose=True)
    assert "3" in failure(reply, "exit")
    assert reply.stdout == "so far\n"


def test_sys_exit_zero_is_no_success(execute):
    failure(execute("import sys\ndef main():\n    sys.exit(0)\n", verbose=True), "exit")


def test_os_exit_zero_is_no_success(execute):
    script = "import os\ndef main():\n    os._exit(0)\n"
    reply = execute(script, verbose=True)
    failure(reply, "exit")


def test_os_exit_keeps_what_was_written_to_the_descriptor(execute):
    reply = execute("import os\ndef main():\n    os.write(1, b'raw')\n    os._exit(0)\n")
    failure(reply)
    assert reply.stdout == "raw"


def test_endless_recursion_is_a_recursion_error(execute):
    error = failure(execute("def main():\n    return main()\n"))
    assert error.startswith("RecursionError: ")


@pytest.mark.parametrize("body", [
    "def down(n):\n    return down(n + 1)\ndef main():\n    return down(0)\n",
    "class Deep:\n    def __getattr__(self, name):\n        return getattr(self, name)\ndef main():\n    return Deep().a\n",
], ids=["Python", "C"])
def test_endless_recursion_under_a_raised_limit_says_so(execute, body):
    error = failure(execute("import sys\nsys.setrecursionlimit(10**9)\n" + body, limits={"memory_mb": 32}))
    assert "recursion" in error.lower() and "SystemError" not in error


@pytest.mark.parametrize("script", [
    "import ctypes\ndef main():\n    ctypes.string_at(0)\n",
    "import os\ndef main():\n    os.abort()\n",
], ids=["null pointer", "abort"])
def test_crash_is_reported_as_a_crash(execute, script):
    failure(execute(script, verbose=True), "crash")


def test_fork_is_refused_and_the_script_can_go_on(execute):
    script = ("import os\ndef main():\n    try:\n        os.fork()\n    except OSError:\n"
              "        return 'refused'\n")
    assert execute(script).result == "refused"


def test_subprocess_is_refused_with_a_clean_error(execute):
    script = "import subprocess\ndef main():\n    subprocess.run(['ls'])\n"
    failure(execute(script))


def test_name_guard_stays_shut_and_main_runs_once(execute):
    script = ("def main():\n    print('ran')\n    return __name__\n"
              "if __name__ == '__main__':\n    main()\n")
    reply = execute(script)
    assert (reply.result, reply.stdout) == ("script", "ran\n")


@pytest.mark.parametrize("script", [
    "\ufeffdef main():\n    return 1\n",
    "def main():\r\n    x = 1\r\n    return x\r\n",
    "# -*- coding: latin-1 -*-\ndef main():\n    return len('\u00e9')\n",
    "def main(): return 1",
], ids=["byte order mark", "CRLF", "coding line", "no newline at the end"])
def test_odd_but_valid_source_runs(execute, script):
    assert execute(script).result == 1


def test_null_byte_in_the_source_is_an_error_of_the_script(execute):
    reply = execute("def main():\n    return '\0'\n")
    assert reply.status in (400, 422), reply.body


def test_source_is_known_to_inspect_pickle_and_dataclasses(execute):
    script = (
        "from __future__ import annotations\nimport dataclasses, inspect, pickle, sys\n"
        "@dataclasses.dataclass\nclass Point:\n    x: int\n    y: int = 2\n"
        "def main():\n"
        "    point = pickle.loads(pickle.dumps(Point(1)))\n"
        "    assert sys.modules['script'].main is main\n"
        "    return [point, inspect.getsource(main).splitlines()[0]]\n"
    )
    assert execute(script).result == [{"x": 1, "y": 2}, "def main():"]
