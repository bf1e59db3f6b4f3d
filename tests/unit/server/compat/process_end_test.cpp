#include "server/compat/process_end.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace forkjail::server {
namespace {

using protocol::FailureKind;

Finished finished(Outcome outcome, std::string err = {}) {
  Finished run;
  run.outcome = std::move(outcome);
  run.report.output.err.bytes = std::move(err);
  return run;
}

Failed failed(FailureKind kind, std::string error, FailureReport report = {}) {
  report.kind = kind;
  return {kind, std::move(error), std::move(report)};
}

TEST(ProcessEnd, OfAReturnIsZero) {
  const ProcessEnd end = process_end(finished(Returned{}, "careful\n"));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "careful\n");
  EXPECT_TRUE(end.signal.empty());
  EXPECT_TRUE(end.why.empty());
}

TEST(ProcessEnd, OfAnExceptionHasItsTracebackBehindWhatWasPrinted) {
  FailureReport report;
  report.traceback = "Traceback ...\n";
  const ProcessEnd end =
      process_end(finished(failed(FailureKind::exception, "E: x (line 1)", report), "no line end"));
  EXPECT_EQ(end.cause, EndCause::raised);
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_EQ(end.err, "no line end\nTraceback ...\n");
  EXPECT_EQ(end.why, "E: x (line 1)");
  EXPECT_TRUE(end.compiles);
}

TEST(ProcessEnd, WithoutATracebackHasTheErrorLine) {
  const ProcessEnd end = process_end(finished(failed(FailureKind::not_serializable, "no JSON")));
  EXPECT_EQ(end.err, "no JSON\n");
}

TEST(ProcessEnd, KnowsASyntaxError) {
  EXPECT_FALSE(process_end(finished(failed(FailureKind::syntax, "SyntaxError"))).compiles);
}

TEST(ProcessEnd, OfAnExitHasItsCode) {
  FailureReport report;
  report.exit_code = 300;  // a cell may claim any
  ProcessEnd end = process_end(finished(failed(FailureKind::exit, "exited", report), "bye\n"));
  EXPECT_EQ(end.exit_code, 300 & 0xFF);
  EXPECT_EQ(end.err, "bye\n");
  end = process_end(finished(failed(FailureKind::exit, "exited")));
  EXPECT_EQ(end.exit_code, 1);
}

TEST(ProcessEnd, OfAKilledRunIsItsSignal) {
  const struct {
    FailureKind kind;
    std::string_view error;
    EndCause cause;
    std::string_view signal;
    int code;
  } rows[] = {
      {FailureKind::wall_time, "", EndCause::time, "SIGKILL", 137},
      {FailureKind::cpu_time, "", EndCause::time, "SIGKILL", 137},
      {FailureKind::memory, "", EndCause::memory, "SIGKILL", 137},
      {FailureKind::output, "", EndCause::output, "SIGKILL", 137},
      {FailureKind::syscall, "", EndCause::syscall, "SIGSYS", 159},
      {FailureKind::crash, "crashed: SIGSEGV (...)", EndCause::crash, "SIGSEGV", 139},
      {FailureKind::crash, "crashed: SIGBUS (...)", EndCause::crash, "SIGBUS", 135},
      {FailureKind::crash, "signal 44", EndCause::crash, "SIGABRT", 134},
  };
  for (const auto& row : rows) {
    const ProcessEnd end = process_end(finished(failed(row.kind, std::string(row.error))));
    EXPECT_EQ(end.cause, row.cause) << name_of(row.kind);
    EXPECT_EQ(end.signal, row.signal) << name_of(row.kind);
    EXPECT_EQ(end.exit_code, row.code) << name_of(row.kind);
  }
}

TEST(ProcessEnd, OfAMemoryErrorIsAnException) {
  FailureReport report;
  report.traceback = "MemoryError\n";
  const ProcessEnd end =
      process_end(finished(failed(FailureKind::memory, "memory limit exceeded", report)));
  EXPECT_EQ(end.cause, EndCause::memory);
  EXPECT_EQ(end.exit_code, 1);
  EXPECT_TRUE(end.signal.empty());
  EXPECT_EQ(end.err, "MemoryError\n");
}

}  // namespace
}  // namespace forkjail::server
