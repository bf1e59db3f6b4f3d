// What main() may return and the JSON that comes of it: the contract's "main() and its value".
#include "zygote/json_encoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kPrefix = "main() returned a value that is not JSON-serializable: ";

struct Row {
  const char* name;
  const char* expression;
  const char* expected;
  const char* prelude = "";
};

void PrintTo(const Row& row, std::ostream* os) { *os << row.expression; }

std::string row_name(const ::testing::TestParamInfo<Row>& info) { return info.param.name; }

class PlainValue : public ::testing::TestWithParam<Row> {};
TEST_P(PlainValue, IsWrittenAsJson) {
  EXPECT_EQ(value_of(GetParam().expression, GetParam().prelude), GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    JsonEncoder, PlainValue,
    ::testing::Values(
        Row{"none", "None", "null"}, Row{"yes", "True", "true"}, Row{"no", "False", "false"},
        Row{"zero", "0", "0"}, Row{"negative", "-17", "-17"},
        Row{"int64_min", "-2**63", "-9223372036854775808"},
        Row{"beyond_int64", "2**64", "18446744073709551616"},
        Row{"floats", "[1.0, 0.1, 1e16, 1e22, -0.0, 5e-324, 100000.0]",
            "[1.0,0.1,1e+16,1e+22,-0.0,5e-324,100000.0]"},
        Row{"not_finite", "[float('nan'), float('inf'), -float('inf')]", "[null,null,null]"},
        Row{"text", R"('a"b\\c\n\t\r\b\f\x1f/\x7f')",
            R"("a\"b\\c\n\t\r\b\f\u001f/)"
            "\x7f\""},
        Row{"nul", R"('a\0b')", R"("a\u0000b")"}, Row{"utf8", R"('é€😀\u2028')", "\"é€😀\u2028\""},
        Row{"latin1_only", R"('\xff\x80')", "\"\u00ff\u0080\""},
        Row{"lone_surrogate", R"('a\ud800b\udfff')", "\"a\uFFFDb\uFFFD\""},
        Row{"surrogate_pair_stays_two", R"('\ud83d\ude00')", "\"\uFFFD\uFFFD\""},
        Row{"empty", "[{}, [], (), '']", "[{},[],[],\"\"]"},
        Row{"nested", "{'a': [1, {'b': (2, 3)}]}", R"({"a":[1,{"b":[2,3]}]})"},
        Row{"keys", "{1: 1, 2.5: 2, True: 3, None: 4, 'x': 5}",
            R"({"1":3,"2.5":2,"null":4,"x":5})"},
        Row{"bool_keys", "{True: 1, False: 2}", R"({"true":1,"false":2})"},
        Row{"float_keys", "{float('nan'): 1, float('inf'): 2, -float('inf'): 3, 1.0: 4}",
            R"({"NaN":1,"Infinity":2,"-Infinity":3,"1.0":4})"},
        Row{"big_int_key", "{2**70: 1}", R"({"1180591620717411303424":1})"},
        Row{"surrogate_key", R"({'\ud800': 1})", "{\"\uFFFD\":1}"}),
    row_name);

INSTANTIATE_TEST_SUITE_P(
    Derived, PlainValue,
    ::testing::Values(
        Row{"int_enum", "[C.A, {C.A: 1}]", R"([3,{"3":1}])",
            "import enum\nclass C(enum.IntEnum):\n    A = 3\n"},
        Row{"str_enum", "[C.A, {C.A: 1}]", R"(["x",{"x":1}])",
            "import enum\nclass C(str, enum.Enum):\n    A = 'x'\n"},
        Row{"plain_enum", "C.A", R"({"k":[1]})",
            "import enum\nclass C(enum.Enum):\n    A = {'k': (1,)}\n"},
        Row{"namedtuple", "P(1, 2)", "[1,2]",
            "import collections\nP = collections.namedtuple('P', 'x y')\n"},
        Row{"ordered_dict", "d", R"({"b":2,"a":1})",
            "import collections\nd = collections.OrderedDict(a=1, b=2)\nd.move_to_end('a')\n"},
        Row{"defaultdict", "d", R"({"k":[1]})",
            "import collections\nd = collections.defaultdict(list)\nd['k'].append(1)\n"},
        Row{"counter", "collections.Counter('aab')", R"({"a":2,"b":1})", "import collections\n"},
        Row{"int_subclass_repr_ignored", "[I(7), I(2**70), {I(7): 1}]",
            R"([7,1180591620717411303424,{"7":1}])",
            "class I(int):\n    def __repr__(self): return 'boo'\n    __str__ = __repr__\n"},
        Row{"str_subclass", "S('x')", "\"x\"",
            "class S(str):\n    def __str__(self): return 'y'\n"},
        Row{"float_subclass", "F(1.5)", "1.5",
            "class F(float):\n    def __repr__(self): return 'y'\n"},
        Row{"list_subclass", "L([1])", "[1]", "class L(list): pass\n"},
        Row{"dict_items_decides", "D(a=1)", R"({"z":9})",
            "class D(dict):\n    def items(self): return [('z', 9)]\n"},
        Row{"datetime", "datetime.datetime(2024, 1, 2, 3, 4, 5, 6)",
            "\"2024-01-02T03:04:05.000006\"", "import datetime\n"},
        Row{"datetime_utc", "datetime.datetime(2024, 1, 2, tzinfo=datetime.timezone.utc)",
            "\"2024-01-02T00:00:00+00:00\"", "import datetime\n"},
        Row{"date_and_time", "[datetime.date(2024, 1, 2), datetime.time(3, 4)]",
            R"(["2024-01-02","03:04:00"])", "import datetime\n"},
        Row{"durations",
            "[d(1), d(0), d(hours=25, minutes=1, seconds=2.5), -d(seconds=90), d(microseconds=1)]",
            R"(["P1D","PT0S","P1DT1H1M2.5S","-PT1M30S","PT0.000001S"])",
            "from datetime import timedelta as d\n"},
        Row{"decimal", "[D('1.10'), D('NaN')]", R"(["1.10",null])",
            "from decimal import Decimal as D\n"},
        Row{"path", "pathlib.Path('a/b')", R"("a/b")", "import pathlib\n"},
        Row{"keys_of_dates",
            "{datetime.date(2024, 1, 2): 1, datetime.time(3): 2, uuid.UUID(int=1): 3}",
            R"({"2024-01-02":1,"03:00:00":2,"00000000-0000-0000-0000-000000000001":3})",
            "import datetime, uuid\n"},
        Row{"enum_keys", "{C.A: 1, C.B: 2}", R"({"3":1,"2024-01-02":2})",
            "import enum, datetime\nclass C(enum.Enum):\n    A = 3\n"
            "    B = datetime.date(2024, 1, 2)\n"},
        Row{"uuid", "uuid.UUID(int=1)", "\"00000000-0000-0000-0000-000000000001\"",
            "import uuid\n"},
        Row{"dataclass", "P(1, [P(2, None)])", R"({"x":1,"y":[{"x":2,"y":null}]})",
            "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int\n    y: object\n"
            "    _hidden: int = 5\n"},
        Row{"slots_dataclass", "P(1)", R"({"x":1})",
            "import dataclasses\n@dataclasses.dataclass(slots=True)\nclass P:\n    x: int\n"}),
    row_name);

class RefusedValue : public ::testing::TestWithParam<Row> {};
TEST_P(RefusedValue, IsNamedWithPathAndWayOut) {
  EXPECT_EQ(value_of(GetParam().expression, GetParam().prelude),
            std::string(kPrefix) + GetParam().expected);
}
INSTANTIATE_TEST_SUITE_P(
    JsonEncoder, RefusedValue,
    ::testing::Values(
        Row{"set", "{'a': [0, {1, 2}]}", "set at $.a[1] (use sorted(...) or list(...))"},
        Row{"bytes", "b'x'", "bytes at $ (use .decode(), or base64.b64encode(...).decode())"},
        Row{"odd_key_path", "{'odd key': {'a\"b': 1j}}",
            R"(complex at $["odd key"]["a\"b"] (use [z.real, z.imag] or str(...)))"},
        Row{"int_key_path", "{1: {2: print}}",
            R"(builtin_function_or_method at $["1"]["2"] (call it and return what it returns))"},
        Row{"function", "main", "function at $ (call it and return what it returns)"},
        Row{"generator", "(i for i in ())", "generator at $ (use list(...))"},
        Row{"map", "map(str, [])", "map at $ (use list(...))"},
        Row{"range", "range(3)", "range at $ (use list(...))"},
        Row{"type", "int", "type at $ (return an instance's data, or the class's __name__)"},
        Row{"fraction", "fractions.Fraction(1)", "Fraction at $ (use float(...) or str(...))",
            "import fractions\n"},
        Row{"bytes_key", "{b'x': 1}", "bytes as a key at $ (use a str as the key)"},
        Row{"enum_key_of_list", "{C.A: 1}", "C as a key at $ (use a str as the key)",
            "import enum\nclass C(enum.Enum):\n    A = [1]\n"},
        Row{"merged_dates", "{datetime.date(2024, 1, 2): 0, '2024-01-02': 1}",
            "two keys that become \"2024-01-02\" at $", "import datetime\n"},
        Row{"object", "A()",
            "A at $ (return its data as dict, list, str, int, float, bool or None)",
            "class A: pass\n"},
        Row{"tuple_key", "{'a': {(1, 2): 3}}",
            "tuple as a key at $.a (use "
            "reset_index() and to_dict(\"records\"), or a str such as \",\".join(...))"},
        Row{"merged_keys", "{'a': [{1: 0, '1': 0}]}", "two keys that become \"1\" at $.a[0]"},
        Row{"merged_none", "{None: 0, 'null': 0}", "two keys that become \"null\" at $"},
        Row{"merged_surrogates", R"({'\ud800': 0, 'a': 1, '\ud801': 0})",
            "two keys that become \"\uFFFD\" at $"},
        Row{"circular_list", "{'x': a}", "circular reference at $.x[1] (it refers back to $.x)",
            "a = [1]\na.append(a)\n"},
        Row{"circular_dict", "d", "circular reference at $.a.b (it refers back to $)",
            "d = {}\nd['a'] = {'b': d}\n"},
        Row{"circular_and_large", "a", "circular reference at $[1] (it refers back to $)",
            "a = ['x' * 1000000]\na.append(a)\n"},
        Row{"circular_dataclass", "p", "circular reference at $.x (it refers back to $)",
            "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: object\np = P(None)\np.x "
            "= p\n"},
        Row{"bad_items", "D(a=1)", "D at $ (its items() gives no pairs)",
            "class D(dict):\n    def items(self): return [1]\n"}),
    row_name);

TEST(JsonEncoder, WritesAllDigitsOfAHugeInt) {
  const std::string digits = value_of("10**4999");
  EXPECT_EQ(digits.size(), 5000U);
  EXPECT_EQ(digits, "1" + std::string(4999, '0'));
}

TEST(JsonEncoder, CapsNesting) {
  const std::string prelude = "a = []\nfor _ in range(100000): a = [a]\n";
  const std::string message = value_of("a", prelude);
  EXPECT_THAT(message,
              StartsWith(std::string(kPrefix) + "nested more than 500 levels deep at $[0]"));
  EXPECT_LT(message.size(), 400U);
  EXPECT_THAT(value_of("a", "a = []\nfor _ in range(499): a = [a]\n"), StartsWith("[[["));
  EXPECT_THAT(value_of("a", "a = []\nfor _ in range(500): a = [a]\n"), HasSubstr("nested more"));
}

TEST(JsonEncoder, CapsTheSizeWhileItWrites) {
  for (const char* prelude : {
           "a = 'x' * 100\nfor _ in range(40): a = [a, a]\n",
           "a = []\nfor _ in range(60): a = [a, a]\n",
           "a = {}\nfor _ in range(60): a = {'a': a, 'b': a}\n",
           "a = [None] * 3_000_000\n",
           "a = 'x' * (8 * 1024 * 1024)\n",
           "a = '\\x01' * 2_000_000\n",
           "a = 1 << 100_000_000\n",
       }) {
    const ScriptOutcome outcome = run_script(std::string(prelude) + "def main(): return a\n");
    EXPECT_EQ(outcome.field("kind"), "output") << prelude;
    EXPECT_EQ(outcome.field("message"), "result size limit exceeded (8 MB)");
  }
  EXPECT_EQ(value_of("'x' * (8 * 1024 * 1024 - 2)").size(), 8U * 1024 * 1024);
}

// The attackers: each must end in an answer, whichever, and in a process that exits by itself.
TEST(JsonEncoder, SurvivesValuesThatChangeUnderIt) {
  for (const char* script : {
           // a list that its own item empties
           "import dataclasses\nheld = []\n@dataclasses.dataclass\nclass P:\n"
           "    x: object = 0\n    def __getattribute__(self, name):\n"
           "        held.clear(); return 1\n"
           "held.extend([P()] * 1000)\ndef main(): return held\n",
           // a dict that its own value empties, grows or replaces
           "import dataclasses\nheld = {}\n@dataclasses.dataclass\nclass P:\n"
           "    x: object = 0\n    def __getattribute__(self, name):\n"
           "        held.clear(); held.update((str(i), i) for i in range(5000)); return 1\n"
           "held.update((str(i), P()) for i in range(1000))\ndef main(): return held\n",
           "import dataclasses\nheld = {}\n@dataclasses.dataclass\nclass P:\n"
           "    x: object = 0\n    def __getattribute__(self, name):\n"
           "        v = list(held); held.clear()\n"
           "        held.update((k + 'x', 0) for k in v); return 1\n"
           "held.update((str(i), P()) for i in range(1000))\ndef main(): return held\n",
           "class D(dict):\n    def items(self):\n        while True: yield 1, 2\n"
           "    def __len__(self): return -5\ndef main(): return [D()]\n",
           "class M(type):\n    __name__ = property(lambda c: 1/0)\n"
           "class A(metaclass=M): pass\ndef main(): return A()\n",
           "class A:\n    __class__ = property(lambda s: 1/0)\n    def __getattr__(self, n): raise "
           "KeyError(n)\n"
           "def main(): return [A()]\n",
           "class E(str):\n    __hash__ = lambda s: 1\n    __eq__ = lambda s, o: 1/0\n"
           "def main(): return {E('a'): 1}\n",
       }) {
    const ScriptOutcome outcome =
        run_case({.script = script, .limit_memory = true, .kill_after_ms = 20000});
    EXPECT_TRUE(outcome.replied) << script;
    EXPECT_EQ(outcome.wait_status, 0) << script;
  }
}

TEST(JsonEncoder, ReportsWhatAValueRaisesAsTheScriptsException) {
  const ScriptOutcome outcome = run_script(
      "class D(dict):\n"
      "    def items(self):\n"
      "        return 1 / 0\n"
      "def main():\n"
      "    return D()\n");
  EXPECT_EQ(outcome.field("kind"), "exception");
  EXPECT_EQ(outcome.field("type"), "ZeroDivisionError");
  EXPECT_EQ(outcome.field("line"), "3");
  EXPECT_EQ(outcome.field("function"), "items");
}

class LibraryValue : public ::testing::TestWithParam<Row> {
 protected:
  void SetUp() override {
    if (!has_pandas()) GTEST_SKIP() << "FORKJAIL_GUEST_SITE_PACKAGES is not set";
  }
};
TEST_P(LibraryValue, IsWrittenAsJson) {
  const std::string imports = "import numpy as np\nimport pandas as pd\nimport datetime\n" +
                              std::string(GetParam().prelude);
  const std::string value = value_of(GetParam().expression, imports);
  const std::string_view expected = GetParam().expected;
  const bool refused = value.starts_with(kPrefix);
  EXPECT_EQ(refused ? value.substr(std::string(kPrefix).size()) : value, expected);
}
INSTANTIATE_TEST_SUITE_P(
    Libraries, LibraryValue,
    ::testing::Values(
        Row{"scalars",
            "[np.int64(1), np.uint8(2), np.float64(1.5), np.float32(0.1), np.bool_(True)]",
            "[1,2,1.5,0.1,true]"},
        Row{"np_nan", "[np.float64('nan'), np.float32('inf')]", "[null,null]"},
        Row{"np_str", "np.str_('x')", "\"x\""},
        Row{"array", "np.arange(6).reshape(2, 3)", "[[0,1,2],[3,4,5]]"},
        Row{"float32_array", "np.array([0.1, np.nan], dtype='float32')", "[0.1,null]"},
        Row{"float16_array", "np.array([0.5], dtype='float16')", "[0.5]"},
        Row{"longdouble", "np.array([0.5], dtype='longdouble')", "[0.5]"},
        Row{"empty_array", "np.array([])", "[]"}, Row{"zero_d", "np.array(5)", "5"},
        Row{"bool_array", "np.array([True])", "[true]"},
        Row{"str_array", "np.array(['a', 'bc'])", R"(["a","bc"])"},
        Row{"object_array", "np.array([1, 'a', None, np.int64(3)], dtype=object)",
            R"([1,"a",null,3])"},
        Row{"datetime64", "np.datetime64('2024-01-02T03:04:05.006')",
            "\"2024-01-02T03:04:05.006000\""},
        Row{"datetime64_array", "np.array(['2024-01-02', 'NaT'], dtype='M8[D]')",
            R"(["2024-01-02T00:00:00",null])"},
        Row{"masked", "np.ma.masked_array([1, 2], [0, 1])", "[1,null]"},
        Row{"big_array", "np.broadcast_to(1, (10**9,))", "result size limit exceeded (8 MB)"},
        Row{"complex_array", "{'a': np.array([1, 1j])}",
            "complex128 at $.a[0] (use [z.real, z.imag] or str(...))"},
        Row{"timedelta64", "[np.timedelta64(90, 's'), np.timedelta64('NaT', 's')]",
            R"(["PT1M30S",null])"},
        Row{"timedelta64_array", "np.array([1, 2], dtype='m8[D]')", R"(["P1D","P2D"])"},
        Row{"timedelta64_of_months", "np.timedelta64(1, 'M')",
            "timedelta64 at $ (use .astype(\"timedelta64[s]\").astype(int))"},
        Row{"timedelta64_of_ages", "np.timedelta64(10**15, 'D')",
            "timedelta64 at $ (use .astype(\"timedelta64[s]\").astype(int))"},
        Row{"pandas_timedelta", "[pd.Timedelta('1D 00:00:00.000000005'), pd.Timedelta('-1s')]",
            R"(["P1DT0.000000005S","-PT1S"])"},
        Row{"period", "[pd.Period('2024-01'), pd.Interval(0, 1)]", R"(["2024-01","(0, 1]"])"},
        Row{"categorical", "pd.Categorical(['a', None, 'b'])", R"(["a",null,"b"])"},
        Row{"structured", "np.array([(1, 0.5)], dtype=[('a', 'i4'), ('b', 'f8')])",
            R"([{"a":1,"b":0.5}])"},
        Row{"timestamp", "pd.Timestamp('2024-01-02')", "\"2024-01-02T00:00:00\""},
        Row{"missing", "[pd.NaT, pd.NA, None]", "[null,null,null]"},
        Row{"np_keys", "{np.int64(1): 1, np.float32(0.1): 2, np.bool_(False): 3}",
            R"({"1":1,"0.1":2,"false":3})"},
        Row{"np_keys_merged", "{np.int64(1): 1, '1': 2}", "two keys that become \"1\" at $"},
        Row{"pandas_keys",
            "{pd.Timestamp('2024-01-02'): 1, pd.Period('2024-01'): 2, pd.Timedelta('1h'): 3}",
            R"({"2024-01-02T00:00:00":1,"2024-01":2,"PT1H":3})"},
        Row{"grouped_by_two",
            "pd.DataFrame({'a': [1], 'b': [2], 'c': [3]})"
            ".groupby(['a', 'b'])['c'].sum().to_dict()",
            "tuple as a key at $ (use reset_index() and to_dict(\"records\"), or a str such as "
            "\",\".join(...))"},
        Row{"frame", "{'table': pd.DataFrame({'a': [1]})}",
            "DataFrame at $.table (use .to_dict(\"records\"))"},
        Row{"series", "pd.Series([1])", "Series at $ (use .tolist() or .to_dict())"},
        Row{"index", "pd.Index([1])", "Index at $ (use .tolist())"},
        Row{"range_index", "pd.DataFrame().index", "RangeIndex at $ (use .tolist())"},
        Row{"groupby", "pd.DataFrame({'a': [1]}).groupby('a')",
            "DataFrameGroupBy at $ (aggregate it first, for example with .sum())"},
        Row{"records", "pd.DataFrame({'a': [1, 2], 'b': [0.5, None]}).to_dict('records')",
            R"([{"a":1,"b":0.5},{"a":2,"b":null}])"},
        Row{"sum_to_dict", "pd.DataFrame({'a': [1, 2, 3], 'b': [4, 5, 6]}).sum().to_dict()",
            R"({"a":6,"b":15})"}),
    row_name);

}  // namespace
}  // namespace forkjail::zygote
