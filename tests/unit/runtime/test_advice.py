"""advice.py: what the answer's line says beside the exception. What the sandbox refuses is in tests/e2e."""

import errno
import pathlib
import re

import advice
import advice_data
import advice_fields
import causes
import harness
import pytest
from runs import failure_of

SOURCE = pathlib.Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def packages(monkeypatch):
    monkeypatch.setattr(advice, "available", ["numpy", "pandas"])


def in_main(body):
    return "def main():\n    " + body


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("import no_such_thing", "no network and installs nothing; available: numpy, pandas"),
        ("import IPython.display", "display() is a builtin"),
        ("x = 1", '"mode": "program"'),
        (in_main("input()"), '"stdin" is empty'),
        (in_main("import os; os.environ['FORKJAIL_NO']"), 'the request\'s "env"'),
        ("def main(a, b): pass", 'no "args" came'),
        (in_main("open('no.csv')"), "the working directory"),
        (in_main("open('/proc/no')"), "no /proc"),
        (in_main("open('/mnt/data/here.txt')"), "open 'here.txt'"),
        (in_main("open('/no/folder/a.txt', 'w')"), "there is no folder '/no/folder'; files go in and out"),
        (in_main("raise ImportError('Use pip or conda to install x.')"), "installs nothing"),
        (in_main("import types; types.ModuleType('PIL').ANTIALIAS"), "Image.Resampling.LANCZOS"),
        (in_main("raise OSError(24, 'x')"), "256 files open"),
        (in_main("raise OSError(28, 'x')"), "64 MB in 8,192 files"),
        (in_main("raise PermissionError(13, 'x')"), "working directory and in /tmp only"),
        (in_main("raise RuntimeError(\"can't start new thread\")"), "64 threads"),
        (in_main("raise SystemExit"), "return from main()"),
        (in_main("import argparse; p = argparse.ArgumentParser(); p.add_argument('x'); p.parse_args()"),
         "argparse: the following arguments are required: x"),
        ("await f()", '"mode": "repl"'),
        ("return 1", "return from main()"),
        ("```python\ndef main(): pass\n```", "Markdown"),
        ("!pip install numpy", "without IPython"),
        ("%matplotlib inline", "without IPython"),
        ("def main(): int('x')\ntry:\n    pass\nfinally:\n    main = lambda: 1 / 0\n", ""),
        ("n = 0\ndef main():\n    global n\n    n += 1\n    assert n < 2\nmain()", "it ran twice"),
    ],
)
def test_way_out(script, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.txt").write_text("x")
    monkeypatch.setattr("sys.argv", ["script.py"])
    monkeypatch.setattr("builtins.input", end_of_input)
    monkeypatch.setattr(advice, "_fstat", lambda _: pathlib.Path("/dev/null").stat())
    assert words in failure_of(script).get("advice", "")


FIELDS = re.compile(r'"(stdin|args|mode|files|env)"')


@pytest.mark.parametrize(
    ("script", "mode", "words"),
    [
        ("x = 1", "main", "define it: def main():"),
        ("input()", "program", "nothing is there for input() to read: set the values in the code"),
        ("import sys; sys.stdin; int('')", "repl", "nothing is there for sys.stdin to read"),
        ("import sys; sys.argv[1]", "program", "sys.argv has no arguments: set the values in the code"),
        ("import argparse; p = argparse.ArgumentParser(); p.add_argument('x'); p.parse_args()", "repl",
         "required: x; sys.argv has no arguments"),
        ("import os; os.environ['FORKJAIL_NO']", "repl", "os.environ[name] = value"),
        ("open('no.csv')", "program", "put the data into the code, or write the file first"),
        ("import google.colab", "repl", "files are in the working directory"),
        ("'C:\\Users'", "repl", "use r'...'; files are in the working directory"),
        ("def main(a): pass", "main", "give its parameters defaults"),
        ("def main(): raise SystemExit", "main", "return from main() instead"),
        ("await f()", "program", "asyncio.run()"),
        ("def main(): input()\ntry:\n    main()\nexcept EOFError: pass", "main", "set the values in the code"),
        ("n = 0\ndef main():\n    global n\n    n += 1\n    assert n < 2\nmain()", "main", "leave that call out"),
    ],
)
def test_way_out_where_the_caller_has_no_fields(script, mode, words, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["script.py"])
    monkeypatch.setattr("builtins.input", end_of_input)
    monkeypatch.setattr(advice, "_fstat", lambda _: pathlib.Path("/dev/null").stat())
    given = failure_of(script, mode=mode, has_fields=False)["advice"]
    assert words in given and not FIELDS.search(given)
    assert not FIELDS.search(failure_of(script, mode=mode, has_fields=False)["message"])


@pytest.mark.parametrize("name", advice_fields._WAYS_OUT)
def test_only_advice_for_those_who_have_fields_names_them(name):
    with_fields, without = advice_fields._WAYS_OUT[name]
    assert FIELDS.search(with_fields) and not FIELDS.search(without)


def test_a_way_out_of_bad_source_that_raises_costs_only_itself(monkeypatch):
    monkeypatch.setattr(advice, "of_syntax", lambda *_: 1 / 0)
    failure = failure_of("return 1")
    assert failure["kind"] == "syntax" and "advice" not in failure


def end_of_input(*_):
    raise EOFError("EOF when reading a line")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (in_main("pritn(1)"), "name 'pritn' is not defined. Did you mean: 'print'?"),
        (in_main("[].apend(1)"), "'list' object has no attribute 'apend'. Did you mean: 'append'?"),
        (in_main("true"), "name 'true' is not defined. Did you mean: 'True'?"),
        (in_main("np.zeros(1)"), "name 'np' is not defined. Did you forget `import numpy as np`?"),
        (in_main("math.pi"), "name 'math' is not defined. Did you forget `import math`?"),
    ],
)
def test_misspelled_names(script, message):
    assert failure_of(script)["message"].replace("'import math'", "`import math`") == message


@pytest.mark.parametrize(
    "script",
    ["import os.pathh", "import numpy.nothing", "import json.encode", in_main("1 / 0"), in_main("raise OSError('x')"),
     in_main("raise EOFError"), in_main("{}['a']"), in_main("len(5)"), "def f(): pass\ndef main(): f(1)"],
)
def test_no_advice_where_there_is_none(script):
    assert "advice" not in failure_of(script)


def test_what_raises_costs_only_the_advice():
    script = "class E(OSError):\n    errno = property(lambda self: 1 / 0)\ndef main(): raise E(1, 'x')"
    failure = failure_of(script)
    assert failure["type"] == "E" and "advice" not in failure


def test_a_refused_connection_explains_what_it_causes_and_nothing_else():
    refused = "    try:\n        raise socket.gaierror(-3, 'x')\n    except OSError as e:\n        "
    prelude = "import socket, urllib.error\ndef main():\n"
    assert failure_of(prelude + refused + "raise urllib.error.URLError(e)")["message"] == "this sandbox has no network"
    other = failure_of(prelude + refused + "raise ValueError('no data')")
    assert (other["message"], other["advice"]) == ("no data", "this sandbox has no network")
    failure = failure_of(prelude + refused + "open('no.csv')")
    assert failure["message"].startswith("[Errno 2]")


def test_refused_calls_of_c_are_told_apart_by_what_was_refused():
    error, run = PermissionError(errno.EPERM, "x"), harness._Run()
    assert advice._refused_call(error, None, run, ("network",))[0] == "this sandbox has no network"
    assert advice._refused_call(error, None, run, ("processes",))[0] == "this sandbox starts no processes"
    assert advice._refused_call(error, None, run, ("",)) == (None, "this sandbox refuses that call")


@pytest.mark.parametrize(
    ("constant", "value"),
    [("kCellThreadsMax", advice.THREADS_MAX), ("kCellOpenFilesMax", advice_data.OPEN_FILES_MAX),
     ("kScratchInodesMax", advice_data.SCRATCH_FILES_MAX), ("kScratchBytesMax", advice_data.SCRATCH_MEGABYTES)],
)
def test_limits_are_those_of_the_cell(constant, value):
    limits = (SOURCE / "src/base/limits.h").read_text()
    found = re.search(rf"{constant} = ([\d']+)", limits).group(1)
    assert int(found.replace("'", "")) == value


def test_a_missing_column_names_those_that_are_there():
    pytest.importorskip("pandas")
    failure = failure_of("import pandas\ndef main(): pandas.DataFrame({'b': [1], 'a': [1]})['c']")
    assert failure["advice"] == "the columns are b, a"
