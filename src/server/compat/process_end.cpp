#include "server/compat/process_end.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <variant>

namespace forkjail::server {
namespace {

using protocol::FailureKind;

struct SignalName {
  int number;
  std::string_view name;
};
constexpr std::array kSignals{
    SignalName{SIGSEGV, "SIGSEGV"}, SignalName{SIGBUS, "SIGBUS"},   SignalName{SIGILL, "SIGILL"},
    SignalName{SIGFPE, "SIGFPE"},   SignalName{SIGABRT, "SIGABRT"}, SignalName{SIGTRAP, "SIGTRAP"},
    SignalName{SIGSYS, "SIGSYS"},   SignalName{SIGKILL, "SIGKILL"},
};
constexpr int kSignalled = 128;

void end_by_signal(ProcessEnd& end, std::string_view name) {
  const auto* const row = std::ranges::find(kSignals, name, &SignalName::name);
  end.signal = row->name;
  end.exit_code = kSignalled + row->number;
}

// The one that a crash's error line names; SIGABRT, as of a process that found itself broken.
std::string_view signal_of_crash(std::string_view error) {
  const auto* const row = std::ranges::find_if(kSignals, [error](const SignalName& each) {
    return error.find(each.name) != std::string_view::npos;
  });
  return row == kSignals.end() ? "SIGABRT" : row->name;
}

// Kinds of which the script itself can be told, by an exception, end as an exception does.
EndCause cause_of(const Failed& failure) {
  const bool was_told = !failure.report.type.empty() || !failure.report.traceback.empty();
  switch (failure.kind) {
    case FailureKind::wall_time:
    case FailureKind::cpu_time:
    case FailureKind::interrupt:
      return EndCause::time;
    case FailureKind::memory:
      return EndCause::memory;
    case FailureKind::output:
      return was_told ? EndCause::raised : EndCause::output;
    case FailureKind::syscall:
      return EndCause::syscall;
    case FailureKind::crash:
      return EndCause::crash;
    case FailureKind::exit:
      return EndCause::exited;
    default:
      return EndCause::raised;
  }
}

void end_line(std::string& text) {
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
}

}  // namespace

ProcessEnd process_end(const Finished& run) {
  ProcessEnd end;
  end.err = run.report.output.err.bytes;
  const auto* const failure = std::get_if<Failed>(&run.outcome);
  if (failure == nullptr) return end;
  end.cause = cause_of(*failure);
  end.why = failure->error;
  end.compiles = failure->kind != FailureKind::syntax;
  const std::string& traceback = failure->report.traceback;
  switch (end.cause) {
    case EndCause::exited:
      end.exit_code = static_cast<int>(failure->report.exit_code.value_or(1) & 0xFF);
      return end;
    case EndCause::raised:
      end.exit_code = 1;
      break;
    case EndCause::syscall:
      end_by_signal(end, "SIGSYS");
      break;
    case EndCause::crash:
      end_by_signal(end, signal_of_crash(failure->error));
      break;
    case EndCause::memory:
      if (!traceback.empty()) {  // Python's own MemoryError, after which the process ends by itself
        end.exit_code = 1;
        break;
      }
      [[fallthrough]];
    default:
      end_by_signal(end, "SIGKILL");
  }
  end_line(end.err);
  end.err += traceback;
  if (traceback.empty() && end.cause == EndCause::raised) end.err += failure->error;
  if (end.cause == EndCause::raised) end_line(end.err);
  return end;
}

}  // namespace forkjail::server
