#include "server/run/outcome.h"

#include <gtest/gtest.h>

#include <csignal>

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using protocol::FailureKind;

int exited(int status) { return status << 8; }
int killed_by(int signal) { return signal; }

Evidence dead(int wait_status) {
  Evidence evidence;
  evidence.end = CellEnd{.wait_status = wait_status, .status_known = true};
  return evidence;
}

struct Case {
  const char* name;
  Evidence evidence;
  FailureKind kind;
  const char* error;
};

Evidence ended_by(EndedBy by) {
  Evidence evidence = dead(killed_by(SIGKILL));
  evidence.ended_by = by;
  return evidence;
}

Evidence out_of_memory(Evidence evidence,
                       protocol::MemoryKill kill = protocol::MemoryKill::own_limit) {
  evidence.end->memory_kill = kill;
  return evidence;
}

Evidence outlived_reply(Evidence evidence) {
  evidence.outlived_reply = true;
  return evidence;
}

// `cpu` of the process, of which the run had less.
Evidence with_cpu_of_cell(Evidence evidence, std::chrono::microseconds cpu) {
  evidence.end->cpu_time = cpu;
  evidence.cpu_time = cpu - 2ms;
  return evidence;
}

Evidence over_files(protocol::ScratchExcess excess) {
  Evidence evidence = dead(killed_by(SIGKILL));
  evidence.end->scratch_excess = excess;
  return evidence;
}

Evidence with_cpu(Evidence evidence, std::chrono::microseconds cpu) {
  evidence.cpu_time = cpu;
  return evidence;
}

Evidence with_limits(Evidence evidence, RunLimits limits) {
  evidence.limits = limits;
  return evidence;
}

Evidence with_reply(Evidence evidence, Reply reply) {
  evidence.reply = std::move(reply);
  return evidence;
}

const Case kFailures[] = {
    {"bytes of files", over_files(protocol::ScratchExcess::bytes), FailureKind::memory,
     "file limit exceeded (64 MB in the working directory and /tmp together)"},
    {"files", over_files(protocol::ScratchExcess::inodes), FailureKind::memory,
     "file limit exceeded (8192 files in the working directory and /tmp together)"},
    {"wall", ended_by(EndedBy::wall_time), FailureKind::wall_time,
     "wall time limit exceeded (30 s)"},
    {"wall, fraction", with_limits(ended_by(EndedBy::wall_time), {.wall_time = 1'500ms}),
     FailureKind::wall_time, "wall time limit exceeded (1.5 s)"},
    {"cpu, seen by the server", ended_by(EndedBy::cpu_time), FailureKind::cpu_time,
     "CPU time limit exceeded (10 s)"},
    {"cpu, killed by RLIMIT_CPU", with_cpu(dead(killed_by(SIGKILL)), 9'990ms),
     FailureKind::cpu_time, "CPU time limit exceeded (10 s)"},
    {"cpu, SIGXCPU", dead(killed_by(SIGXCPU)), FailureKind::cpu_time,
     "CPU time limit exceeded (10 s)"},
    {"cpu, a limit that the script set itself", with_cpu_of_cell(dead(killed_by(SIGKILL)), 2'005ms),
     FailureKind::cpu_time, "CPU time limit exceeded (2 s, set by the script itself)"},
    {"the same by ticks", with_cpu_of_cell(dead(killed_by(SIGKILL)), 926ms), FailureKind::cpu_time,
     "CPU time limit exceeded (1 s, set by the script itself)"},
    {"a closed channel", outlived_reply(dead(killed_by(SIGKILL))), FailureKind::crash,
     "the script closed its result channel before main() returned"},
    {"memory, killed by the cgroup", out_of_memory(dead(killed_by(SIGKILL))), FailureKind::memory,
     "memory limit exceeded (128 MB)"},
    {"memory wins over a torn frame",
     with_reply(out_of_memory(dead(killed_by(SIGKILL))), Tampered{"x"}), FailureKind::memory,
     "memory limit exceeded (128 MB)"},
    {"flood", ended_by(EndedBy::output_flood), FailureKind::output,
     "output limit exceeded many times over (1048576 bytes)"},
    {"syscall", dead(killed_by(SIGSYS)), FailureKind::syscall,
     "the script made a system call that is not allowed"},
    {"crash", dead(killed_by(SIGSEGV)), FailureKind::crash,
     "the script crashed the interpreter: SIGSEGV (segmentation fault, abort, or a recursion too "
     "deep for the stack)"},
    {"crash with core bit", dead(killed_by(SIGBUS) | 0x80), FailureKind::crash,
     "the script crashed the interpreter: SIGBUS (bus error)"},
    {"another signal", dead(killed_by(SIGUSR1)), FailureKind::crash,
     "the script crashed the interpreter: signal 10"},
    {"exit 0", dead(exited(0)), FailureKind::exit,
     "script exited with status 0 before main() returned"},
    {"exit 3", dead(exited(3)), FailureKind::exit,
     "script exited with status 3 before main() returned"},
    {"tampering", with_reply(dead(killed_by(SIGKILL)), Tampered{"a frame of unknown type"}),
     FailureKind::crash, "the script broke its own result channel: a frame of unknown type"},
    {"a limit wins over a late value", with_reply(ended_by(EndedBy::wall_time), ValueReply{}),
     FailureKind::wall_time, "wall time limit exceeded (30 s)"},
};

TEST(Outcome, NamesNoMainWhereNoneIsCalled) {
  Evidence evidence = dead(exited(3));
  evidence.calls_main = false;
  const Outcome outcome = classify(evidence);
  EXPECT_EQ(std::get<Failed>(outcome).error, "script exited with status 3 before its end");
}

TEST(Outcome, NamesEveryFailureFromTheKernelsEvidence) {
  for (const Case& c : kFailures) {
    const Outcome outcome = classify(c.evidence);
    const auto* failure = std::get_if<Failed>(&outcome);
    ASSERT_NE(failure, nullptr) << c.name;
    EXPECT_EQ(failure->kind, c.kind) << c.name;
    EXPECT_EQ(failure->error, c.error) << c.name;
  }
}

TEST(Outcome, IsTheValueOnceItCameWhateverHappenedAfterwards) {
  EXPECT_TRUE(std::holds_alternative<Returned>(classify(with_reply({}, ValueReply{}))));
  EXPECT_TRUE(std::holds_alternative<Returned>(
      classify(with_reply(out_of_memory(dead(killed_by(SIGKILL))), ValueReply{}))));
}

TEST(Outcome, IsTheCellsOwnReportWhereItMayTell) {
  FailureReport report;
  report.kind = FailureKind::exception;
  report.type = "ValueError";
  report.line = 2;
  const Outcome outcome = classify(with_reply({}, report));
  ASSERT_TRUE(std::holds_alternative<Failed>(outcome));
  EXPECT_EQ(std::get<Failed>(outcome).error, "ValueError (line 2)");
}

TEST(Outcome, IsOursWhenNothingIsKnown) {
  EXPECT_TRUE(std::holds_alternative<Lost>(classify({})));
  Evidence lost_zygote = dead(0);
  lost_zygote.end->status_known = false;
  EXPECT_TRUE(std::holds_alternative<Lost>(classify(lost_zygote)));
}

struct LostCase {
  const char* name;
  Evidence evidence;
  bool try_again;
  const char* why;
};

const LostCase kLost[] = {
    {"killed from outside", dead(killed_by(SIGKILL)), false,
     "something outside the service killed the script"},
    {"killed from outside, between whole seconds of CPU",
     with_cpu_of_cell(dead(killed_by(SIGKILL)), 2'500ms), false,
     "something outside the service killed the script"},
    {"killed from outside, early", with_cpu_of_cell(dead(killed_by(SIGKILL)), 5ms), false,
     "something outside the service killed the script"},
    {"another's memory ran out",
     out_of_memory(dead(killed_by(SIGKILL)), protocol::MemoryKill::outside), true,
     "it ran out of memory; send the request again"},
    {"another's memory ran out amid a frame",
     with_reply(out_of_memory(dead(killed_by(SIGKILL)), protocol::MemoryKill::outside),
                Tampered{"x"}),
     true, "it ran out of memory; send the request again"},
};

TEST(Outcome, IsNotTheScriptsFaultWhenSomethingElseEndedIt) {
  for (const LostCase& c : kLost) {
    const Outcome outcome = classify(c.evidence);
    const auto* lost = std::get_if<Lost>(&outcome);
    ASSERT_NE(lost, nullptr) << c.name;
    EXPECT_EQ(lost->why, c.why) << c.name;
    EXPECT_EQ(lost->try_again, c.try_again) << c.name;
  }
}

TEST(Outcome, BlamesNeitherSideWhenTheClientLeftOrTheServiceStops) {
  for (const EndedBy by : {EndedBy::client_gone, EndedBy::shutdown}) {
    const Outcome outcome = classify(ended_by(by));
    ASSERT_TRUE(std::holds_alternative<Interrupted>(outcome));
    EXPECT_EQ(std::get<Interrupted>(outcome).by, by);
  }
}

}  // namespace
}  // namespace forkjail::server
