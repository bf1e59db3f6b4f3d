// A process that runs one script after another: what a run finds of the ones before, and what not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "script_runner.h"

namespace forkjail::zygote {
namespace {

using protocol::FrameType;
using protocol::RunMode;

ScriptOutcome run_after(std::vector<std::string> earlier, const std::string& script) {
  return run_case({.script = script, .mode = RunMode::repl, .earlier = std::move(earlier)});
}

TEST(FurtherRuns, GetSignalsAgain) {
  const ScriptOutcome outcome =
      run_after({"import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)\n",
                 "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})"},
                "import signal\nsorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ())))");
  // Of all the signals that are blocked between runs, only the one that the script blocked itself.
  EXPECT_EQ(outcome.payload, "[]") << outcome.field("message");
}

TEST(FurtherRuns, KeepWhatAScriptBlocked) {
  const ScriptOutcome outcome =
      run_after({"import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})"},
                "import signal\n[int(s) == signal.SIGUSR1 for s in signal.pthread_sigmask(0, ())]");
  EXPECT_EQ(outcome.payload, "[true]");
}

TEST(FurtherRuns, KeepTheRecursionLimit) {
  const ScriptOutcome outcome =
      run_after({"import sys\nsys.setrecursionlimit(5000)"}, "import sys\nsys.getrecursionlimit()");
  EXPECT_EQ(outcome.payload, "5000");
}

TEST(FurtherRuns, PrintAfterAScriptThatReplacedTheStreams) {
  const ScriptOutcome outcome =
      run_after({"import io, sys\nsys.stdout = sys.stderr = io.StringIO()"}, "print('again')");
  EXPECT_EQ(outcome.stdout_text, "again\n");
}

TEST(FurtherRuns, HaveStreamsOfTheirOwnWhereTheLastScriptsLeftThemAlone) {
  const ScriptOutcome outcome =
      run_after({"1", "2", "3"},
                "import sys\nprint('again')\nprint('and here', file=sys.stderr)\n"
                "[sys.stdin is sys.__stdin__, sys.stdout.mode, sys.stdin.buffer.raw.name]");
  EXPECT_EQ(outcome.payload, "[true,\"w\",\"<stdin>\"]");
  EXPECT_EQ(outcome.stdout_text + outcome.stderr_text, "again\nand here\n");
}

TEST(FurtherRuns, HaveStreamsOfTheirOwnWhereAScriptHoldsTheLastOnes) {
  const ScriptOutcome outcome =
      run_after({"1", "import sys\nsys.old = sys.stdout"},
                "import sys\nprint('old', file=sys.old)\n[sys.old is sys.stdout, sys.old.closed]");
  EXPECT_EQ(outcome.payload, "[false,false]");
  EXPECT_EQ(outcome.stdout_text, "old\n");
}

// All signals are blocked between two runs.
constexpr const char* kWhenPrelude =
    "import codecs, signal, sys, threading, time, weakref\n"
    "def when(*_): print(len(signal.pthread_sigmask(signal.SIG_BLOCK, ())), 'blocked')\n";

TEST(FurtherRuns, DropInTheirOwnTimeWhatAScriptLeftOnAStream) {
  for (const std::string how :
       {"class Loud: __del__ = when\nsys.stdin.mode = Loud()", "ref = weakref.ref(sys.stdin, when)",
        "class Loud: __del__ = when\nsys.stdin.buffer.raw.kept = Loud()",
        "class Loud: __del__ = when\nsys.stdin = Loud()"}) {
    const ScriptOutcome outcome = run_after({"1", kWhenPrelude + how}, "print('next')");
    EXPECT_EQ(outcome.stdout_text, "0 blocked\nnext\n") << how;
  }
}

TEST(FurtherRuns, CreateTheirStreamsThemselvesWhileAScriptHasThreads) {
  const std::string patch =
      "threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
      "def patched(self, errors='strict'):\n    self.errors = errors\n    when()\n"
      "codecs.IncrementalEncoder.__init__ = patched\n";
  const ScriptOutcome outcome = run_after({"1", kWhenPrelude + patch}, "print('next')");
  EXPECT_THAT(outcome.stdout_text, testing::StartsWith("0 blocked\n"));
  EXPECT_THAT(outcome.stdout_text, testing::EndsWith("next\n"));
}

TEST(FurtherRuns, DescribeTheirOwnFailureAndNotAnEarlierOne) {
  const ScriptOutcome outcome =
      run_case({.script = "\n\n1 / 0",
                .mode = RunMode::program,
                .earlier = {"def main(): pass\nraise KeyError('earlier')"}});
  EXPECT_EQ(outcome.field("type"), "ZeroDivisionError");
  EXPECT_EQ(outcome.field("line"), "3");
  EXPECT_THAT(outcome.field("traceback"), testing::HasSubstr("1 / 0"));
  EXPECT_THAT(outcome.field("traceback"), testing::Not(testing::HasSubstr("earlier")));
}

TEST(FurtherRuns, AreDescribedToo) {
  const std::string endless = "x = []\nwhile True: x.append(bytearray(1 << 16))";
  const ScriptOutcome outcome = run_case({.script = "\n" + endless,
                                          .mode = RunMode::program,
                                          .limit_memory = true,
                                          .earlier = {endless, endless}});
  EXPECT_EQ(outcome.field("kind"), "memory");
  EXPECT_EQ(outcome.field("line"), "3");
}

TEST(FurtherRuns, DropWhatTheLastOneReturned) {
  const ScriptOutcome outcome = run_after({"class Loud:\n    def __del__(self): print('dropped')\n"
                                           "def give(): raise KeyError(Loud())\ngive()"},
                                          "print('next')");
  EXPECT_EQ(outcome.stdout_text, "dropped\nnext\n");
}

TEST(FurtherRuns, ShowOnlyWhatTheyDisplay) {
  ScriptOutcome outcome = run_case(
      {.script = "display(2)", .mode = RunMode::repl, .display = true, .earlier = {"display(1)"}});
  EXPECT_THAT(outcome.displayed, testing::ElementsAre(testing::HasSubstr("2")));
}

TEST(FurtherRuns, ImportFromTheWorkingDirectoryOnce) {
  const ScriptOutcome outcome =
      run_after({"1", "2"}, "import os, sys\nsys.path.count(os.getcwd())");
  EXPECT_EQ(outcome.payload, "1");
}

}  // namespace
}  // namespace forkjail::zygote
