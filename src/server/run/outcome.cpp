#include "server/run/outcome.h"

#include <sys/wait.h>

#include <array>
#include <csignal>

#include "json/text.h"

namespace forkjail::server {
namespace {

using protocol::FailureKind;

struct SignalRow {
  int number;
  std::string_view text;
};

// Signals that a crash of the interpreter can show. A cell is process 1 of its pid namespace, where
// abort() cannot die of SIGABRT and ends with a fault instead, hence the words at SIGSEGV.
constexpr std::array kCrashSignals{
    SignalRow{SIGSEGV,
              "SIGSEGV (segmentation fault, abort, or a recursion too deep for the stack)"},
    SignalRow{SIGBUS, "SIGBUS (bus error)"},
    SignalRow{SIGILL, "SIGILL (illegal instruction)"},
    SignalRow{SIGFPE, "SIGFPE (arithmetic error)"},
    SignalRow{SIGABRT, "SIGABRT (abort)"},
    SignalRow{SIGTRAP, "SIGTRAP (trap)"},
};

std::string seconds_text(std::chrono::milliseconds time) {
  std::string text;
  json::append_number(text, static_cast<double>(time.count()) / 1000);
  return text + " s";
}

std::string megabytes_text(std::uint64_t bytes) {
  std::string text;
  json::append_number(text, static_cast<double>(bytes) / static_cast<double>(kMiB));
  return text + " MB";
}

Failed failed(FailureKind kind, std::string error) {
  Failed outcome{kind, std::move(error), {}};
  outcome.report.kind = kind;
  outcome.report.message = outcome.error;
  return outcome;
}

Failed wall_time_exceeded(const RunLimits& limits) {
  return failed(FailureKind::wall_time,
                "wall time limit exceeded (" + seconds_text(limits.wall_time) + ")");
}
Failed cpu_time_exceeded(const RunLimits& limits) {
  return failed(FailureKind::cpu_time,
                "CPU time limit exceeded (" + seconds_text(limits.cpu_time) + ")");
}
Failed memory_exceeded(const RunLimits& limits) {
  return failed(FailureKind::memory,
                "memory limit exceeded (" + megabytes_text(limits.memory_bytes) + ")");
}
// The files of a run are memory in full isolation, and of that kind here.
Failed scratch_exceeded(protocol::ScratchExcess excess) {
  const std::string limit = excess == protocol::ScratchExcess::bytes
                                ? megabytes_text(kScratchBytesMax)
                                : std::to_string(kScratchInodesMax) + " files";
  return failed(FailureKind::memory,
                "file limit exceeded (" + limit + " in the working directory and /tmp together)");
}
Failed output_flooded(const RunLimits& limits) {
  return failed(FailureKind::output, "output limit exceeded many times over (" +
                                         std::to_string(limits.output_bytes) + " bytes)");
}
Failed tampered(const Tampered& reply) {
  return failed(FailureKind::crash, "the script broke its own result channel: " + reply.how);
}

std::string signal_text(int number) {
  for (const SignalRow& row : kCrashSignals) {
    if (row.number == number) return std::string(row.text);
  }
  return "signal " + std::to_string(number);
}

// What a script had still to do.
std::string before_its_end(const Evidence& evidence) {
  return evidence.calls_main ? " before main() returned" : " before its end";
}

// RLIMIT_CPU counts in ticks and whole seconds, so the kill may come a little before the limit as
// the process clock sees it.
bool cpu_time_used_up(const Evidence& evidence) {
  constexpr std::chrono::milliseconds kTick{50};
  return evidence.cpu_time + kTick >= evidence.limits.cpu_time;
}

// A script may lower its own RLIMIT_CPU: whole seconds, of all that its process has used, as ticks
// count it, which on a busy machine is more than it was. Empty, or the limit that it must have
// been.
std::optional<std::chrono::seconds> cpu_limit_of_its_own(const CellEnd& end) {
  constexpr std::chrono::milliseconds kEarly{200};
  constexpr std::chrono::milliseconds kLate{50};
  const auto limit = std::chrono::ceil<std::chrono::seconds>(end.cpu_time - kLate);
  const bool is_near = limit.count() > 0 && end.cpu_time + kEarly >= limit;
  return is_near ? std::optional(limit) : std::nullopt;
}

// Nothing of ours sent it, and no call of the script's own does (sandbox/cell_arguments.h).
Outcome from_sigkill(const Evidence& evidence) {
  if (cpu_time_used_up(evidence)) return cpu_time_exceeded(evidence.limits);
  if (evidence.outlived_reply) {
    return failed(FailureKind::crash,
                  "the script closed its result channel" + before_its_end(evidence));
  }
  if (const auto limit = cpu_limit_of_its_own(*evidence.end)) {
    return failed(FailureKind::cpu_time, "CPU time limit exceeded (" + seconds_text(*limit) +
                                             ", set by the script itself)");
  }
  return Lost{"something outside the service killed the script"};
}

std::optional<Outcome> ended_by_us(const Evidence& evidence) {
  switch (evidence.ended_by) {
    case EndedBy::nobody:
      return std::nullopt;
    case EndedBy::wall_time:
      return wall_time_exceeded(evidence.limits);
    case EndedBy::cpu_time:
      return cpu_time_exceeded(evidence.limits);
    case EndedBy::output_flood:
      return output_flooded(evidence.limits);
    case EndedBy::interrupt_request:
      return failed(FailureKind::interrupt, "the run was interrupted");
    case EndedBy::client_gone:
    case EndedBy::shutdown:
      return Interrupted{evidence.ended_by};
  }
  return std::nullopt;
}

// The reply pipe ended without a final frame and the cell is dead: why it died is in its status.
Outcome from_wait_status(const Evidence& evidence, int status) {
  if (WIFEXITED(status)) {
    Failed outcome = failed(FailureKind::exit, "script exited with status " +
                                                   std::to_string(WEXITSTATUS(status)) +
                                                   before_its_end(evidence));
    outcome.report.exit_code = WEXITSTATUS(status);
    return outcome;
  }
  const int number = WTERMSIG(status);
  if (number == SIGXCPU) return cpu_time_exceeded(evidence.limits);
  if (number == SIGSYS) {
    return failed(FailureKind::syscall, "the script made a system call that is not allowed");
  }
  if (number == SIGKILL) return from_sigkill(evidence);
  return failed(FailureKind::crash, "the script crashed the interpreter: " + signal_text(number));
}

}  // namespace

Outcome classify(Evidence evidence) {
  if (auto outcome = ended_by_us(evidence)) return *std::move(outcome);
  if (std::holds_alternative<ValueReply>(evidence.reply)) return Returned{};
  if (auto* report = std::get_if<FailureReport>(&evidence.reply)) {
    std::string line = error_line(*report);
    return Failed{report->kind, std::move(line), std::move(*report)};
  }
  if (evidence.end && evidence.end->scratch_excess != protocol::ScratchExcess::none) {
    return scratch_exceeded(evidence.end->scratch_excess);
  }
  const auto memory_kill = evidence.end ? evidence.end->memory_kill : protocol::MemoryKill::none;
  if (memory_kill == protocol::MemoryKill::own_limit) return memory_exceeded(evidence.limits);
  if (memory_kill == protocol::MemoryKill::outside) {
    return Lost{"it ran out of memory; send the request again", true};
  }
  if (const auto* tampering = std::get_if<Tampered>(&evidence.reply)) return tampered(*tampering);
  if (!evidence.end) return Lost{"the end of the run was not reported in time"};
  if (!evidence.end->status_known) return Lost{"the process that watched the run was lost"};
  return from_wait_status(evidence, evidence.end->wait_status);
}

}  // namespace forkjail::server
