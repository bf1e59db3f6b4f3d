"""What main() may return, and what the answer says of the rest."""

import json
import math
import uuid

import pytest


def returning(expression, imports=""):
    return f"{imports}\ndef main():\n    return {expression}\n"


@pytest.mark.parametrize("expression, expected", [
    ("None", None), ("True", True), ("0", 0), ("-1.5", -1.5), ("''", ""), ("'\u00e9\u4e2d\U0001f40d'", "\u00e9\u4e2d\U0001f40d"),
    ("[]", []), ("{}", {}), ("(1, (2,))", [1, [2]]), ("2**200", 2**200), ("-2**64", -2**64),
    ("1e308", 1e308), ("5e-324", 5e-324), ("0.1", 0.1),
    ("'\\x00\\u2028\\x1f\"\\\\'", "\x00\u2028\x1f\"\\"),
    ("{1: 'a', 2.5: 'b', True is False: 'c', None: 'd'}", {"1": "a", "2.5": "b", "false": "c", "null": "d"}),
    ("float('nan')", None), ("[float('inf'), -float('inf')]", [None, None]),
])
def test_plain_value_comes_back_as_it_was(execute, expression, expected):
    reply = execute(returning(expression))
    assert reply.result == expected
    assert type(reply.result) is type(expected)


@pytest.mark.parametrize("expression, expected", [
    ("np.int64(5)", 5), ("np.float64(0.5)", 0.5), ("np.float32(0.1)", 0.1), ("np.bool_(True)", True),
    ("np.arange(6).reshape(2, 3)", [[0, 1, 2], [3, 4, 5]]),
    ("np.array([1.0, np.nan, np.inf])", [1.0, None, None]), ("np.nan", None),
    ("[pd.NaT, pd.NA]", [None, None]), ("np.uint64(2**64 - 1)", 2**64 - 1),
    ("pd.Timestamp('2025-01-02T03:04:05')", "2025-01-02T03:04:05"),
    ("{'s': df.sum().to_dict()}", {"s": {"a": 3}}), ("df.to_dict('records')", [{"a": 1}, {"a": 2}]),
    ("np.array([], dtype=float)", []), ("np.str_('text')", "text"),
])
def test_value_of_numpy_or_pandas_is_plain_json(execute, expression, expected):
    imports = "import numpy as np\nimport pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})"
    assert execute(returning(expression, imports)).result == expected


@pytest.mark.parametrize("expression, expected", [
    ("datetime.date(2025, 1, 2)", "2025-01-02"),
    ("datetime.datetime(2025, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)", "2025-01-02T03:04:05+00:00"),
    ("datetime.time(1, 2, 3)", "01:02:03"),
    ("uuid.UUID(int=1)", "00000000-0000-0000-0000-000000000001"),
    ("Color.RED", "red"), ("Point(1, 2)", {"x": 1, "y": 2}),
])
def test_value_of_the_standard_library_is_plain_json(execute, expression, expected):
    imports = ("import dataclasses, datetime, enum, uuid\n"
               "class Color(enum.Enum):\n    RED = 'red'\n"
               "@dataclasses.dataclass\nclass Point:\n    x: int\n    y: int\n")
    assert execute(returning(expression, imports)).result == expected


@pytest.mark.parametrize("expression, expected", [
    ("datetime.timedelta(days=1, seconds=3.5)", "P1DT3.5S"), ("decimal.Decimal('1.10')", "1.10"),
    ("pathlib.Path('a/b')", "a/b"), ("collections.namedtuple('P', 'x y')(1, 2)", [1, 2]),
    ("{datetime.date(2025, 1, 2): 1}", {"2025-01-02": 1}), ("{uuid.UUID(int=1): 1}", {str(uuid.UUID(int=1)): 1}),
    ("pd.Timedelta('90s')", "PT1M30S"), ("[pd.Period('2025-01'), pd.Interval(0, 1)]", ["2025-01", "(0, 1]"]),
    ("pd.Series(['a', 'b'], dtype='category').to_dict()", {"0": "a", "1": "b"}),
    ("np.array([(1, 0.5)], dtype=[('a', 'i4'), ('b', 'f8')])[0]", {"a": 1, "b": 0.5}),
    ("{np.int64(3): 'a'}", {"3": "a"}), ("np.timedelta64(1, 'D')", "P1D"),
    ("pd.Series([1, 2], index=pd.to_datetime(['2025-01-01', '2025-01-02'])).to_dict()",
     {"2025-01-01T00:00:00": 1, "2025-01-02T00:00:00": 2}),
    ("pd.Series([2, 1, 2]).value_counts().to_dict()", {"2": 2, "1": 1}),
])
def test_further_values_and_keys_are_plain_json(execute, expression, expected):
    imports = "import collections, datetime, decimal, pathlib, uuid\nimport numpy as np\nimport pandas as pd"
    assert execute(returning(expression, imports)).result == expected


def test_keys_of_another_type_that_become_one_are_an_error(execute):
    reply = execute(returning("{np.int64(1): 'a', '1': 'b'}", "import numpy as np"))
    assert reply.status == 422 and "two keys that become" in reply.error


@pytest.mark.parametrize("expression, type_name, place", [
    ("{1, 2}", "set", "$"), ("b'x'", "bytes", "$"), ("{'a': [1, {2}]}", "set", "$.a[1]"),
    ("object()", "object", "$"), ("lambda: 1", "function", "$"), ("1j", "complex", "$"),
])
def test_value_that_is_not_json_names_type_and_place(execute, expression, type_name, place):
    reply = execute(returning(expression), verbose=True)
    assert reply.status == 422
    assert reply.json["details"]["kind"] == "not_serializable"
    assert f"{type_name} at {place}" in reply.error
    assert reply.error.startswith("main() returned a value that is not JSON-serializable: ")


def test_data_frame_is_an_error_that_names_the_way_out(execute):
    reply = execute(returning("{'table': pd.DataFrame({'a': [1]})}", "import pandas as pd"))
    assert reply.status == 422
    assert reply.error == ("main() returned a value that is not JSON-serializable: "
                           'DataFrame at $.table (use .to_dict("records"))')


def test_keys_that_become_one_are_an_error(execute):
    reply = execute(returning("{1: 'a', '1': 'b'}"), verbose=True)
    assert reply.status == 422
    assert reply.json["details"]["kind"] == "not_serializable"


@pytest.mark.parametrize("expression", ["(1, 2)", "b'k'", "frozenset()"])
def test_key_that_is_no_plain_value_is_an_error(execute, expression):
    assert execute(returning("{%s: 1}" % expression)).status == 422


def test_nesting_of_100_000_is_a_clean_error(execute):
    script = "def main():\n    value = []\n    for _ in range(100_000):\n        value = [value]\n    return value\n"
    reply = execute(script, verbose=True)
    assert reply.status == 422
    assert reply.json["details"]["kind"] == "not_serializable"


def test_nesting_of_100_is_fine(execute):
    script = "def main():\n    value = 1\n    for _ in range(100):\n        value = [value]\n    return value\n"
    value = execute(script).result
    for _ in range(100):
        (value,) = value
    assert value == 1


def test_value_that_holds_itself_is_a_clean_error(execute):
    reply = execute("def main():\n    value = []\n    value.append(value)\n    return value\n")
    assert reply.status == 422


def test_integer_of_5_000_digits_comes_back_whole(execute):
    reply = execute("def main():\n    return 10**5000\n")
    assert reply.status == 200
    assert b"1" + b"0" * 5000 in reply.body


def test_lone_surrogate_gives_valid_utf8(execute):
    reply = execute("def main():\n    return '\\ud800'\n")
    assert reply.status in (200, 422)
    json.loads(reply.body.decode("utf-8"))


def test_value_beyond_8_mb_is_refused_and_one_below_is_not(execute):
    assert len(execute("def main():\n    return 'x' * (7 * 2**20)\n").result) == 7 * 2**20
    reply = execute("def main():\n    return 'x' * (9 * 2**20)\n", verbose=True)
    assert reply.status == 422
    assert reply.json["details"]["kind"] == "output"


def test_float_text_reads_back_as_the_same_float(execute):
    values = [0.1 + 0.2, math.pi, 1e22, 1.7976931348623157e308, -0.0]
    assert execute(f"def main():\n    return {values!r}\n").result == values


def test_main_that_returns_nothing_gives_null(execute):
    reply = execute("def main():\n    print('only printed')\n")
    assert reply.json == {"result": None, "stdout": "only printed\n"}


def test_replacing_json_dumps_changes_nothing(execute):
    script = "import json\njson.dumps = lambda *a, **k: 'forged'\ndef main():\n    return {'a': 1}\n"
    assert execute(script).result == {"a": 1}


def test_printed_json_stays_in_stdout(execute):
    script = "def main():\n    print('{\"result\": 1, \"stdout\": \"\"}')\n    return 2\n"
    reply = execute(script)
    assert reply.json == {"result": 2, "stdout": '{"result": 1, "stdout": ""}\n'}
