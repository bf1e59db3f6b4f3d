// A cell's own account of its failure (protocol/failure.h): parsed from hostile JSON, types and
// kinds checked, every text capped. Pure (tests/fuzz/failure_report_fuzz.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/failure.h"

namespace forkjail::server {

struct FailureReport {
  protocol::FailureKind kind{};
  std::string type;     // "ZeroDivisionError"; may be empty
  std::string message;  // may be empty
  std::optional<std::int64_t> line;
  std::string function;  // "main"; may be empty
  std::string traceback;
  std::string advice;  // what leads out of it; may be empty
  std::optional<std::int64_t> exit_code;
};

// Nothing when the payload is not such an object or claims a kind that is not the cell's to claim.
[[nodiscard]] std::optional<FailureReport> decode_failure(std::string_view payload);

// The one line for people: "ZeroDivisionError: division by zero (line 3, in main)", then the
// advice.
[[nodiscard]] std::string error_line(const FailureReport& report);

}  // namespace forkjail::server
