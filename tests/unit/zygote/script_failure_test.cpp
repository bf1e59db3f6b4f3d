// How a run fails, as the failure frame tells it: kind, type, message, line, function, traceback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Failure {
  const char* name;
  const char* script;
  const char* kind;
  const char* type;
  const char* message;
  const char* line;
  const char* function;
};

void PrintTo(const Failure& failure, std::ostream* os) { *os << failure.script; }

std::string failure_name(const ::testing::TestParamInfo<Failure>& info) { return info.param.name; }

class FailureReport : public ::testing::TestWithParam<Failure> {};
TEST_P(FailureReport, ReportsWhatAndWhere) {
  const Failure& expected = GetParam();
  const ScriptOutcome outcome = run_script(expected.script);
  ASSERT_TRUE(outcome.replied);
  EXPECT_EQ(outcome.type, protocol::FrameType::failure) << outcome.payload;
  EXPECT_EQ(outcome.field("kind"), expected.kind);
  EXPECT_EQ(outcome.field("type"), expected.type);
  EXPECT_EQ(outcome.field("message"), expected.message);
  EXPECT_EQ(outcome.field("line"), expected.line);
  EXPECT_EQ(outcome.field("function"), expected.function);
  EXPECT_THAT(outcome.field("traceback"), Not(HasSubstr("harness.py")));
  EXPECT_EQ(outcome.wait_status, 0);
}
INSTANTIATE_TEST_SUITE_P(
    Syntax, FailureReport,
    ::testing::Values(
        Failure{"colon", "x = 1\ndef main()\n    pass\n", "syntax", "SyntaxError", "expected ':'",
                "2", ""},
        Failure{"indent", "def main():\npass\n", "syntax", "IndentationError",
                "expected an indented block after function definition on line 1", "2", ""},
        Failure{"crlf_lines", "x = 1\r\ny = 2\r\nz = (\r\n", "syntax", "SyntaxError",
                "'(' was never closed", "3", ""},
        Failure{"return_outside", "return 1\n", "syntax", "SyntaxError",
                "'return' outside function", "1", ""},
        Failure{"empty", "", "no_main", "", "the script defines no main() function", "", ""}),
    failure_name);
INSTANTIATE_TEST_SUITE_P(
    Main, FailureReport,
    ::testing::Values(
        Failure{"missing", "def mian(): pass\n", "no_main", "",
                "the script defines no main() function", "", ""},
        Failure{"not_callable", "main = 5\n", "no_main", "", "main is not callable: int", "", ""},
        Failure{"wants_args", "x = 1\ndef main(a, b):\n    return a\n", "exception", "TypeError",
                "main() missing 2 required positional arguments: 'a' and 'b'", "2", "main"}),
    failure_name);
INSTANTIATE_TEST_SUITE_P(
    Exceptions, FailureReport,
    ::testing::Values(
        Failure{"in_main", "def main():\n    x = 1\n    return x / 0\n", "exception",
                "ZeroDivisionError", "division by zero", "3", "main"},
        Failure{"in_callee", "def f():\n    return {}['k']\ndef main():\n    return f()\n",
                "exception", "KeyError", "'k'", "2", "f"},
        Failure{"in_module", "x = 1\ny = x.foo\n", "exception", "AttributeError",
                "'int' object has no attribute 'foo'", "2", "<module>"},
        Failure{"in_library", "import json\ndef main():\n    return json.loads('{')\n", "exception",
                "JSONDecodeError",
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", "3",
                "main"},
        Failure{"in_async_main", "async def main():\n    raise ValueError('a')\n", "exception",
                "ValueError", "a", "2", "main"},
        Failure{"bom_and_crlf",
                "\xEF\xBB\xBF"
                "def main():\r\n    raise ValueError(1)\r\n",
                "exception", "ValueError", "1", "2", "main"},
        Failure{"runtime_syntax_error", "def main():\n    eval('1 +')\n", "exception",
                "SyntaxError", "invalid syntax (<string>, line 1)", "2", "main"},
        Failure{"keyboard_interrupt", "def main():\n    raise KeyboardInterrupt\n", "exception",
                "KeyboardInterrupt", "", "2", "main"},
        Failure{"recursion", "def main():\n    return main()\n", "exception", "RecursionError",
                "maximum recursion depth exceeded", "2", "main"},
        Failure{"group", "def main():\n    raise ExceptionGroup('g', [ValueError(1)])\n",
                "exception", "ExceptionGroup", "g (1 sub-exception)", "2", "main"},
        Failure{"import", "def main():\n    import no_such_thing\n", "exception",
                "ModuleNotFoundError", "No module named 'no_such_thing'", "2", "main"},
        Failure{"harness_is_not_importable", "import harness\n", "exception", "ModuleNotFoundError",
                "No module named 'harness'", "1", "<module>"}),
    failure_name);
INSTANTIATE_TEST_SUITE_P(
    Exit, FailureReport,
    ::testing::Values(
        Failure{"status", "import sys\ndef main():\n    sys.exit(3)\n", "exit", "SystemExit",
                "script exited with status 3 before main() returned", "3", "main"},
        Failure{"builtin_exit", "def main():\n    exit()\n", "exit", "SystemExit",
                "script exited with status 0 before main() returned", "2", "main"},
        Failure{"module_level_quit", "quit(2)\n", "exit", "SystemExit",
                "script exited with status 2 before main() returned", "1", "<module>"},
        Failure{"text", "def main():\n    raise SystemExit('bad input')\n", "exit", "SystemExit",
                "script exited with status 1 before main() returned: bad input", "2", "main"},
        Failure{"negative", "def main():\n    raise SystemExit(-1)\n", "exit", "SystemExit",
                "script exited with status 255 before main() returned", "2", "main"},
        Failure{"while_encoding",
                "class D(dict):\n    def items(self): raise SystemExit(4)\n"
                "def main():\n    return D()\n",
                "exit", "SystemExit", "script exited with status 4 before main() returned", "2",
                "items"}),
    failure_name);

TEST(ScriptFailure, RefusesNulBytesAsSyntax) {
  const ScriptOutcome outcome = run_script(std::string("x = 1\ny = '\0'\n", 12));
  EXPECT_EQ(outcome.field("kind"), "syntax");
  EXPECT_EQ(outcome.field("message"), "source code cannot contain null bytes");
  EXPECT_EQ(outcome.field("line"), "2");
}

TEST(ScriptFailure, RefusesSourceTooDeepForTheCompiler) {
  for (const std::string& source :
       {std::string(90'000, '-') + "1\n", "x = " + std::string(20'000, '(') + "\n",
        "x = " + std::string(90'000, '~') + "1\n"}) {
    const ScriptOutcome outcome = run_script(source);
    EXPECT_EQ(outcome.field("kind"), "syntax") << outcome.payload;
    EXPECT_EQ(outcome.wait_status, 0);
  }
}

TEST(ScriptFailure, TracebackIsTheUsersOwn) {
  const ScriptOutcome outcome = run_script(
      "def inner(x):\n"
      "    return 1 / x\n"
      "def main():\n"
      "    try:\n"
      "        inner(0)\n"
      "    except ZeroDivisionError as error:\n"
      "        raise ValueError('no') from error\n");
  EXPECT_THAT(outcome.field("traceback"), StartsWith("Traceback (most recent call last):\n"
                                                     "  File \"script.py\", line 5, in main\n"
                                                     "    inner(0)\n"));
  EXPECT_THAT(outcome.field("traceback"),
              EndsWith("\nThe above exception was the direct cause of the following exception:\n\n"
                       "Traceback (most recent call last):\n"
                       "  File \"script.py\", line 7, in main\n"
                       "    raise ValueError('no') from error\n"
                       "ValueError: no\n"));
}

TEST(ScriptFailure, TracebackHasLibraryFramesButNoneOfTheHarness) {
  const ScriptOutcome outcome = run_script(
      "import asyncio, json\n"
      "async def f():\n"
      "    json.loads('{')\n"
      "async def main():\n"
      "    await asyncio.gather(f())\n");
  EXPECT_THAT(
      outcome.field("traceback"),
      AllOf(StartsWith("Traceback (most recent call last):\n  File \"script.py\", line 5, in "
                       "main\n    await asyncio.gather(f())\n"),
            HasSubstr("in f\n    json.loads('{')\n"), HasSubstr("json/decoder.py"),
            Not(HasSubstr("runners.py"))));
}

TEST(ScriptFailure, AdviceNamesFieldsOnlyOfCallersThatHaveThem) {
  for (const char* const script : {"x = 1", "async def f(): pass\nawait f()"}) {
    ScriptCase script_case{.script = script};
    EXPECT_THAT(run_case(script_case).field("advice"), HasSubstr("\"mode\"")) << script;
    script_case.without_fields = true;
    EXPECT_THAT(run_case(script_case).field("advice"), AllOf(Not(""), Not(HasSubstr("\"mode\""))))
        << script;
  }
}

TEST(ScriptFailure, SyntaxErrorShowsTheLine) {
  EXPECT_EQ(run_script("x = 1\ny = = 2\n").field("traceback"),
            "  File \"script.py\", line 2\n    y = = 2\n        ^\nSyntaxError: invalid syntax\n");
}

TEST(ScriptFailure, ReportsMemoryWithItsLimitAndLine) {
  for (const char* script : {
           "x = 1\ndef main():\n    return bytearray(10**10)\n",
           "x = []\ndef main():\n    while True: x.append(bytearray(100_000))\n",
           "x = []\ndef main():\n    while True: x.append([len(x)])\n",
           "x = []\ndef main():\n    while True: x.append('%d' % len(x))\n",
           "x = {}\ndef main():\n    while True: x[len(x)] = (x, str(len(x)))\n",
       }) {
    const ScriptOutcome outcome = run_case({.script = script, .limit_memory = true});
    EXPECT_EQ(outcome.wait_status, 0) << script;
    EXPECT_EQ(outcome.field("kind"), "memory") << script << outcome.payload;
    EXPECT_EQ(outcome.field("message"), "memory limit exceeded (128 MB)") << script;
    EXPECT_THAT(outcome.field("line"), ::testing::AnyOf("3")) << script;
  }
}

// CPython sets no exception when there is no memory for a call's frame.
TEST(ScriptFailure, ReportsMemoryOfARecursionWhoseLimitWasRaised) {
  const ScriptOutcome outcome =
      run_case({.script = "import sys\nsys.setrecursionlimit(10**9)\ndef down(n):\n"
                          "    return down(n + 1)\ndef main():\n    return down(0)\n",
                .memory_bytes = 24 << 20,
                .limit_memory = true});
  EXPECT_EQ(outcome.wait_status, 0);
  EXPECT_EQ(outcome.field("kind"), "memory") << outcome.payload;
  EXPECT_THAT(outcome.field("message"), AllOf(StartsWith("memory limit exceeded (24 MB), "),
                                              EndsWith(" calls deep in a recursion")));
  EXPECT_EQ(outcome.field("line"), "4");
  EXPECT_EQ(outcome.field("function"), "down");
}

TEST(ScriptFailure, ReportsMemoryOfNumpy) {
  if (!has_pandas()) GTEST_SKIP() << "FORKJAIL_GUEST_SITE_PACKAGES is not set";
  const ScriptOutcome outcome =
      run_case({.script = "import numpy as np\ndef main():\n    return np.ones(10**9).sum()\n",
                .limit_memory = true});
  EXPECT_EQ(outcome.field("kind"), "memory") << outcome.payload;
  EXPECT_EQ(outcome.field("line"), "3");
}

// Its value's JSON grows in doubling steps to the cap of 8 MB, some 24 MB at once: stay below.
TEST(ScriptFailure, SurvivesMemoryThatEndsAtAnySize) {
  for (std::uint64_t limit = 64 << 10; limit < (20U << 20); limit += 1700 << 10) {
    const ScriptOutcome outcome =
        run_case({.script = "def main():\n    return ['x' * 1000 for i in range(40_000)]\n",
                  .memory_bytes = limit,
                  .limit_memory = true});
    EXPECT_TRUE(outcome.replied) << limit;
    EXPECT_EQ(outcome.wait_status, 0) << limit;
    EXPECT_EQ(outcome.field("kind"), "memory") << limit << outcome.payload.substr(0, 200);
  }
}

TEST(ScriptFailure, CapsMessageAndTraceback) {
  const ScriptOutcome outcome = run_script(
      "def f(n):\n"
      "    exec(compile('g(n)', 'file-%d-%s' % (n, 'x' * 100), 'eval'), {'n': n - 1, 'g': f if n "
      "else None})\n"
      "def main():\n"
      "    try:\n"
      "        f(400)\n"
      "    except Exception as e:\n"
      "        raise ValueError('\\x01' * 10**6) from e\n");
  EXPECT_EQ(outcome.field("message").size(), 2003U);
  EXPECT_LT(outcome.payload.size(), 256U * 1024);
  EXPECT_THAT(outcome.field("traceback"), HasSubstr("characters left out"));
}

// Each tries to break the report itself.
TEST(ScriptFailure, IsReportedInSpiteOfTheScript) {
  struct Attack {
    const char* script;
    const char* kind;
    const char* line;
  };
  for (const Attack& attack : {
           Attack{"class E(Exception):\n    def __str__(self): raise SystemExit\n"
                  "def main():\n    raise E\n",
                  "exception", "4"},
           Attack{"class E(Exception):\n    def __str__(self): return self.__str__()\n"
                  "def main():\n    raise E\n",
                  "exception", "4"},
           Attack{
               "class S(str):\n    def __getitem__(self, i): raise SystemExit\n    __len__ = "
               "lambda "
               "s: 10**9\nclass E(Exception):\n    def __str__(self): return S('a')\ndef main(): "
               "raise E\n",
               "exception", "6"},
           Attack{"class M(type):\n    __name__ = property(lambda c: 1/0)\nM.__qualname__ = "
                  "M.__name__\nclass E(Exception, metaclass=M): pass\ndef main(): raise E\n",
                  "exception", "5"},
           Attack{"import builtins\nb = vars(builtins)\nfor n in list(b): b[n] = None\n"
                  "def main():\n    return 1 / 0\n",
                  "exception", "5"},
           Attack{
               "import traceback, linecache, sys\ntraceback.TracebackException.format = "
               "None\nlinecache.cache = 5\ndel sys.stdout, sys.stderr\ndef main(): return 1 / 0\n",
               "exception", "5"},
           Attack{"import sys\ndef main():\n    sys.settrace(lambda *a: 1/0)\n    "
                  "sys.setprofile(lambda "
                  "*a: 1/0)\n    raise ValueError\n",
                  "exception", ""},
           Attack{"import sys\nsys.setrecursionlimit(60)\ndef main(): return main()\n", "exception",
                  "3"},
           Attack{"import sys\nsys.addaudithook(lambda *a: 1/0)\ndef main(): return 1/0\n",
                  "exception", ""},
           Attack{"import sys\nsys.excepthook = sys.unraisablehook = sys.displayhook = None\n"
                  "sys.modules.clear()\ndef main(): return 1/0\n",
                  "exception", "4"},
           Attack{"class A:\n    def __del__(self): raise SystemExit(9)\ndef main():\n    a = A()\n"
                  "    return 1 / 0\n",
                  "exception", "5"},
           Attack{
               "import ctypes, _thread, threading\ndef main():\n    _thread.interrupt_main()\n    "
               "while True: pass\n",
               "exception", ""},
           Attack{"import signal, time\ndef h(*a): raise ValueError('signal')\n"
                  "signal.signal(signal.SIGALRM, h)\ndef main():\n"
                  "    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.0005)\n"
                  "    while True: pass\n",
                  "exception", ""},
       }) {
    const ScriptOutcome outcome = run_case({.script = attack.script, .kill_after_ms = 20'000});
    EXPECT_TRUE(outcome.replied) << attack.script;
    EXPECT_EQ(outcome.wait_status, 0) << attack.script;
    EXPECT_EQ(outcome.field("kind"), attack.kind) << attack.script << outcome.payload;
    if (*attack.line != '\0') {
      EXPECT_EQ(outcome.field("line"), attack.line) << outcome.payload;
    }
  }
}

}  // namespace
}  // namespace forkjail::zygote
