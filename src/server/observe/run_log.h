// One line in the log for each request to /execute: what became of it and what it took. Never what
// it held: no script, no output, no error text of a script.
//
// As text for people, or as the members of a JSON object that Cloud Logging understands; the logger
// named kRunLogger completes the line (main/log.h).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "http/trace_context.h"
#include "server/run/run_report.h"

namespace spdlog {
class logger;
}

namespace forkjail::server {

enum class LogFormat { text, json };

inline constexpr char kRunLogger[] = "run";

struct RunLogEntry {
  unsigned status = 0;
  std::string kind;         // "ok", a failure's kind, or "refused": nothing ran
  std::string_view reason;  // of a refusal: a Refusal's name, or kFaultyRequest
  std::chrono::microseconds total_time{0};
  RunUsage usage;
  std::size_t script_bytes = 0;
  http::TraceContext trace;
  std::string request_id;
  std::string caller;    // the name of its key; empty: it has none
  std::string_view via;  // the adapter that it came by, a constant; empty: none
  // For the audit log alone (server/callers/audit_log.h), and empty without one.
  std::string script_sha256;
  std::string address;
  std::size_t answer_bytes = 0;
};

// The reason of a refusal that the request itself is at fault for (4xx).
inline constexpr std::string_view kFaultyRequest = "faulty_request";

// How many requests were refused, by reason.
using RefusalCounts = std::map<std::string_view, std::uint64_t>;

class RunLog {
 public:
  // `project`: the Google Cloud project of the traces; may be empty.
  RunLog(LogFormat format, std::string project);

  void write(const RunLogEntry& entry) const;
  // One line for all of them.
  void write_refusals(const RefusalCounts& counts) const;

 private:
  [[nodiscard]] bool is_json() const { return format_ == LogFormat::json; }

  std::shared_ptr<spdlog::logger> logger_;
  LogFormat format_;
  std::string project_;
};

// The two forms. Pure.
[[nodiscard]] std::string run_log_text(const RunLogEntry& entry);
[[nodiscard]] std::string run_log_json(const RunLogEntry& entry, std::string_view project);
[[nodiscard]] std::string refusals_text(const RefusalCounts& counts);
[[nodiscard]] std::string refusals_json(const RefusalCounts& counts);

}  // namespace forkjail::server
