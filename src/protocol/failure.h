// The kinds of failure of a run, as in `details.kind` of the HTTP contract.
//
// The failure frame of a cell is a JSON object with these members; all but `kind` are optional:
//   {"kind": "exception", "type": "ZeroDivisionError", "message": "division by zero",
//    "line": 3, "function": "main", "traceback": "Traceback ...", "exit_code": 3,
//    "advice": "what leads out of it"}
// The server builds the error line from it (server/run/failure_report.h): "TYPE: MESSAGE (line N,
// in F)" for exception, "TYPE: MESSAGE (line N)" for syntax, and for every other kind MESSAGE,
// which is then a whole sentence, followed by the place if there is a line; then "; ADVICE". A cell
// may only report kinds that a script can cause by itself (claimable()); whether a limit or a
// signal ended a run is decided from the kernel's evidence (server/run/outcome.h).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace forkjail::protocol {

enum class FailureKind : std::uint8_t {
  syntax,
  no_main,
  exception,
  not_serializable,
  exit,
  wall_time,
  cpu_time,
  memory,
  output,
  syscall,
  crash,
  interrupt,
};

struct FailureKindRow {
  FailureKind kind;
  std::string_view name;
  bool claimable;  // accepted in a report of the cell itself
};

inline constexpr std::array kFailureKinds{
    FailureKindRow{FailureKind::syntax, "syntax", true},
    FailureKindRow{FailureKind::no_main, "no_main", true},
    FailureKindRow{FailureKind::exception, "exception", true},
    FailureKindRow{FailureKind::not_serializable, "not_serializable", true},
    FailureKindRow{FailureKind::exit, "exit", true},
    FailureKindRow{FailureKind::wall_time, "wall_time", false},
    FailureKindRow{FailureKind::cpu_time, "cpu_time", false},
    FailureKindRow{FailureKind::memory, "memory", true},  // an uncaught MemoryError
    FailureKindRow{FailureKind::output, "output", true},  // a value that is too large
    FailureKindRow{FailureKind::syscall, "syscall", false},
    FailureKindRow{FailureKind::crash, "crash", false},
    FailureKindRow{FailureKind::interrupt, "interrupt", false},  // by another request
};

constexpr std::string_view name_of(FailureKind kind) {
  for (const auto& row : kFailureKinds) {
    if (row.kind == kind) return row.name;
  }
  return "unknown";
}

constexpr std::optional<FailureKind> claimed_kind(std::string_view name) {
  for (const auto& row : kFailureKinds) {
    if (row.name == name && row.claimable) return row.kind;
  }
  return std::nullopt;
}

}  // namespace forkjail::protocol
