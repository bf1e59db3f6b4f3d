"""What a request hands to its script: arguments, standard input, environment."""

import pytest

ECHO = "import sys\ndef main(*args, **kwargs):\n    return [args, kwargs]\n"


@pytest.mark.parametrize("args, expected", [
    ([], [[], {}]), ([1, "two", None, [3.5, True]], [[1, "two", None, [3.5, True]], {}]),
    ({}, [[], {}]), ({"a": 1, "b": {"c": []}}, [[], {"a": 1, "b": {"c": []}}]),
    ([2**80], [[2**80], {}]), ({"\u00e9": "\U0001f40d"}, [[], {"\u00e9": "\U0001f40d"}]),
])
def test_arguments_reach_main(execute, args, expected):
    assert execute(ECHO, args=args).result == expected


def test_no_arguments_means_main_without_any(execute):
    assert execute("def main():\n    return 'none'\n").result == "none"


def test_arguments_reach_an_async_main(execute):
    assert execute("async def main(a, b=2):\n    return a + b\n", args={"a": 40}).result == 42


def test_arguments_that_do_not_fit_are_an_error_of_the_script(execute):
    reply = execute("def main(a):\n    return a\n", args=[1, 2])
    assert reply.status == 422
    assert reply.error.startswith("TypeError: main() takes 1 positional argument but 2 were given")


@pytest.mark.parametrize("args", [5, "text", True], ids=str)
def test_arguments_of_another_kind_are_400(execute, args):
    assert execute(ECHO, args=args).status == 400


def test_null_is_the_same_as_leaving_a_field_out(execute):
    absent = {"args": None, "stdin": None, "env": None, "files": None, "limits": None, "mode": None,
              "include": None, "verbose": None}
    assert execute(ECHO, **absent).result == [[], {}]
    assert execute(ECHO, limits={"memory_mb": None}).result == [[], {}]


def test_stdin_is_empty_unless_given(execute):
    assert execute("import sys\ndef main():\n    return sys.stdin.read()\n").result == ""


def test_stdin_reaches_the_script(execute):
    script = "import sys\ndef main():\n    return [input(), sys.stdin.readline(), sys.stdin.read()]\n"
    assert execute(script, stdin="one\ntwo\n\u00e9\nrest").result == ["one", "two\n", "\u00e9\nrest"]


def test_long_stdin_is_whole_and_may_stay_unread(execute):
    text = "x" * (4 << 20)
    assert execute("import sys\ndef main():\n    return len(sys.stdin.read())\n", stdin=text).result == len(text)
    assert execute("def main():\n    return 'unread'\n", stdin=text).result == "unread"


def test_long_stdin_takes_its_size_of_the_memory_once(execute):
    """A file in the scratch, whose pages count; the cell holds no second copy of it."""
    text = "x" * 9_000_000
    reply = execute("def main():\n    return 1\n", stdin=text, include=["usage"])
    assert 9 <= reply.json["usage"]["memory_peak_mb"] < 16


def test_input_at_the_end_of_stdin_is_an_eof_error(execute):
    reply = execute("def main():\n    return input()\n")
    assert reply.status == 422
    assert reply.error.startswith("EOFError: ")


def test_environment_reaches_the_script(execute):
    script = "import os\ndef main():\n    return [os.environ['GREETING'], os.getenv('EMPTY'), os.getenv('NONE')]\n"
    assert execute(script, env={"GREETING": "gr\u00fcezi=\n", "EMPTY": ""}).result == ["gr\u00fcezi=\n", "", None]


def test_environment_of_the_service_does_not_show(start_service):
    service = start_service(environment={"OPERATOR_SECRET": "hunter2"})
    reply = service.execute("import os\ndef main():\n    return dict(os.environ)\n")
    assert "hunter2" not in str(reply.result)
    assert "OPERATOR_SECRET" not in reply.result


@pytest.mark.parametrize("env", [{"A": 1}, {"A": None}, ["A=1"], "A=1", {"": "x"}, {"A=B": "x"}, {"A": "\0"}], ids=str)
def test_environment_that_is_not_one_of_strings_is_400(execute, env):
    assert execute("def main():\n    return 1\n", env=env).status == 400
