"""`mode`: main, program and repl."""

import pytest


def test_mode_main_is_the_default(execute):
    script = "def main():\n    return __name__\n"
    assert execute(script).result == execute(script, mode="main").result == "script"


def test_program_runs_as_python_runs_a_script(execute):
    script = ("import sys\ndef main():\n    print(__name__, sys.argv)\nif __name__ == '__main__':\n    main()\n"
              "    sys.exit(0)\n")
    reply = execute(script, mode="program", args=["a", "b c"])
    assert reply.json == {"result": None, "stdout": "__main__ ['script.py', 'a', 'b c']\n"}


def test_program_reads_stdin_and_files(execute):
    script = "import sys, helper\nprint(helper.double(int(input())), open('a.txt').read())\n"
    files = [{"path": "helper.py", "content": "def double(x): return 2 * x\n"}, {"path": "a.txt", "content": "text"}]
    assert execute(script, mode="program", stdin="4\n", files=files).stdout == "8 text\n"


def test_program_that_exits_with_another_code_fails(execute):
    reply = execute("import sys\nprint('so far')\nsys.exit(3)\n", mode="program", verbose=True)
    assert (reply.status, reply.json["details"]["kind"]) == (422, "exit")
    assert reply.error == "script exited with status 3 (line 3, in <module>)"
    assert reply.stdout == "so far\n"


def test_program_ends_as_a_process_does(execute):
    script = ("import atexit, threading, time\natexit.register(print, 'last')\n"
              "def late():\n    time.sleep(0.05)\n    print('thread')\n"
              "threading.Thread(target=late).start()\nprint('end')\n")
    assert execute(script, mode="program").stdout == "end\nthread\nlast\n"


def test_unittest_and_argparse_work_in_a_program(execute):
    script = ("import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(1, 1)\n"
              "unittest.main()\n")
    assert execute(script, mode="program").status == 200
    script = "import argparse\np = argparse.ArgumentParser()\np.add_argument('n', type=int)\nprint(p.parse_args().n + 1)\n"
    assert execute(script, mode="program", args=["41"]).stdout == "42\n"


@pytest.mark.parametrize("args", [{"a": 1}, [1], ["a", None]])
def test_arguments_of_a_program_must_be_strings(execute, args):
    reply = execute("pass", mode="program", args=args)
    assert reply.status == 400 and "array of strings" in reply.error


@pytest.mark.parametrize("script, value", [
    ("x = 20\nx * 2 + 2", 42), ("1;", None), ("x = 1", None), ("for i in range(3):\n    i", None),
    ("import asyncio\nawait asyncio.sleep(0, 'awaited')", "awaited"), ("print('a')", None), ("{1, 2}", None),
    ("import numpy as np\nnp.arange(3)", [0, 1, 2]), ("__name__", "__main__"),
])
def test_cell_gives_the_value_of_its_last_expression(execute, script, value):
    assert execute(script, mode="repl").result == value


def test_cell_shows_its_last_value(execute):
    answer = execute("import pandas as pd\npd.DataFrame({'a': [7]})", mode="repl").json
    assert answer["result"] is None
    (bundle,) = answer["display"]
    assert bundle["text/plain"] == "   a\n0  7" and "<table" in bundle["text/html"]


@pytest.mark.parametrize("mode", ["program", "repl"])
def test_lines_are_the_users_own_in_every_mode(execute, mode):
    reply = execute("x = 1\n\ndef f():\n    return 1 / 0\n\nf()\n", mode=mode, verbose=True)
    assert reply.error == "ZeroDivisionError: division by zero (line 4, in f)"
    traceback = reply.json["details"]["traceback"]
    assert traceback.count('File "') == traceback.count('File "script.py"') == 2
    assert execute("x = 1\ny = = 2\n", mode=mode).error == "SyntaxError: invalid syntax (line 2)"


def test_unknown_mode_is_refused(execute):
    assert execute("1", mode="notebook").status == 400
