// What a run displays, and the modes beside main(): through the host, as in a cell.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "script_runner.h"

namespace forkjail::zygote {
namespace {

using protocol::RunMode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string in_main(const std::string& body) { return "def main():\n    " + body + "\n"; }

ScriptOutcome shown(const std::string& script, RunMode mode = RunMode::main) {
  return run_case({.script = script, .mode = mode, .display = true});
}

TEST(Display, IsAMimeBundleForEachObject) {
  EXPECT_THAT(shown(in_main("display(1, 'a')")).displayed,
              ElementsAre(R"({"text/plain":"1"})", R"({"text/plain":"'a'"})"));
}

TEST(Display, IsABuiltinThatDoesNothingIfNotWanted) {
  const auto outcome = run_script("class A:\n    def __repr__(self): raise SystemExit(3)\n" +
                                  in_main("return display(A())"));
  EXPECT_EQ(outcome.payload, "null");
  EXPECT_THAT(outcome.displayed, IsEmpty());
}

TEST(Display, AsksAnObjectForItsForms) {
  const std::string script =
      "class A:\n"
      "    def __repr__(self): return 'a'\n"
      "    def _repr_html_(self): return '<b>'\n"
      "    def _repr_png_(self): return b'\\x89P'\n"
      "    def _repr_svg_(self): 1 / 0\n"
      "    def _repr_json_(self): return {'x': [1]}\n";
  const auto outcome = shown(script + in_main("display(A())"));
  EXPECT_THAT(outcome.displayed,
              ElementsAre(R"({"text/plain":"a","text/html":"<b>","image/png":"iVA=",)"
                          R"("application/json":{"x":[1]}})"));
  EXPECT_THAT(outcome.stderr_text, HasSubstr("image/svg+xml of A failed: ZeroDivisionError"));
}

TEST(Display, LeavesOutWhatJsonCannotHold) {
  EXPECT_THAT(shown("class A:\n    def __repr__(self): return 'a'\n"
                    "    def _repr_json_(self): return {1, 2}\n" +
                    in_main("display(A())"))
                  .displayed,
              ElementsAre(R"({"text/plain":"a"})"));
}

TEST(Display, IsSentThoughTheScriptFails) {
  const auto outcome = shown(in_main("display(1); 1 / 0"));
  EXPECT_EQ(outcome.field("type"), "ZeroDivisionError");
  EXPECT_THAT(outcome.displayed, ElementsAre(R"({"text/plain":"1"})"));
}

TEST(Display, ReportsOnceThatBundlesWereDropped) {
  const auto many = shown(in_main("for i in range(1500): display(i)")).displayed;
  ASSERT_EQ(many.size(), kDisplaysMax + 1);
  EXPECT_EQ(many[kDisplaysMax - 1], R"({"text/plain":"999"})");
  EXPECT_EQ(many.back(), "");
  const auto large =
      shown(in_main("for n in (6, 1, 6, 1): display({'a/b': 'x' * (n << 20)}, raw=True)"));
  ASSERT_EQ(large.displayed.size(), 3U);
  EXPECT_EQ(large.displayed[0].size(), (6U << 20) + 10);
  EXPECT_EQ(large.displayed[1].size(), (1U << 20) + 10);
  EXPECT_EQ(large.displayed[2], "");
  EXPECT_THAT(shown(in_main("display({'a/b': 'x' * (9 << 20)}, raw=True); display(1)")).displayed,
              ElementsAre(""));
}

TEST(Display, SurvivesTheScript) {
  for (const char* body : {
           "d = display.__globals__; d['_send'](5); d['_send']({'a': d}); d.clear()",
           "display.__globals__['finish'] = display.__globals__['show'] = None",
           "display.__globals__['_open_figures'] = lambda: 1 / 0",
           "import sys; sys.modules['matplotlib._pylab_helpers'] = 5",
           "class D(dict):\n        def items(self): display(1); raise SystemExit\n"
           "    display(D(), raw=True); display.__globals__['_send'](D())",
       }) {
    const auto outcome = shown(in_main(body));
    EXPECT_EQ(outcome.payload, "null") << body;
    EXPECT_EQ(outcome.wait_status, 0) << body;
  }
}

TEST(Display, OfAFrameIsATable) {
  if (!has_pandas()) GTEST_SKIP() << "FORKJAIL_GUEST_SITE_PACKAGES is not set";
  const auto displayed =
      shown("import pandas as pd\n" + in_main("display(pd.DataFrame({'a': [7]}))")).displayed;
  ASSERT_EQ(displayed.size(), 1U);
  EXPECT_THAT(displayed[0], HasSubstr(R"("text/plain":"   a\n0  7")"));
  EXPECT_THAT(displayed[0], HasSubstr(R"("text/html":"<div>)"));
}

TEST(ModeRepl, GivesAndShowsTheLastExpression) {
  const auto outcome = shown("x = 2\nx + 1\n# end", RunMode::repl);
  EXPECT_EQ(outcome.payload, "3");
  EXPECT_THAT(outcome.displayed, ElementsAre(R"({"text/plain":"3"})"));
}

TEST(ModeRepl, GivesNullForWhatJsonCannotHold) {
  for (const char* script : {"{1, 2}", "'x' * (9 << 20)",
                             "class D(dict):\n  def items(self): 1 / 0\nD()", "None", "1;"}) {
    EXPECT_EQ(run_case({.script = script, .mode = RunMode::repl}).payload, "null") << script;
  }
}

TEST(ModeRepl, AwaitsAtTheTopLevel) {
  EXPECT_EQ(run_case({.script = "import asyncio\nt = asyncio.create_task(asyncio.sleep(0, 4))\n"
                                "await t\n",
                      .mode = RunMode::repl})
                .payload,
            "4");
}

TEST(ModeProgram, IsMainAndHasArguments) {
  const auto outcome = run_case({.script = "import sys\nprint(__name__, sys.argv)\nsys.exit()\n",
                                 .args_json = R"(["a", "b"])",
                                 .mode = RunMode::program});
  EXPECT_EQ(outcome.payload, "null");
  EXPECT_EQ(outcome.stdout_text, "__main__ ['script.py', 'a', 'b']\n");
}

TEST(ModeProgram, EndsAsAProgramDoes) {
  const auto outcome =
      run_case({.script = "import atexit, threading, time\natexit.register(print, 'last')\n"
                          "def f():\n    time.sleep(0.05)\n    print('thread')\n"
                          "threading.Thread(target=f).start()\nprint('end')\n",
                .mode = RunMode::program});
  EXPECT_EQ(outcome.payload, "null");
  EXPECT_EQ(outcome.stdout_text, "end\nthread\nlast\n");
}

TEST(ModeProgram, FailsWithAnotherExitStatus) {
  const auto outcome = run_case({.script = "import sys\nsys.exit(3)\n", .mode = RunMode::program});
  EXPECT_EQ(outcome.field("kind"), "exit");
  EXPECT_EQ(outcome.field("message"), "script exited with status 3");
  EXPECT_EQ(outcome.field("line"), "2");
}

}  // namespace
}  // namespace forkjail::zygote
