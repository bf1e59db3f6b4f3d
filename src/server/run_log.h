// One line in the log for each request to /execute: what became of it and what it took. Never what
// it held: no script, no output, no error text of a script.
//
// As text for people, or as the members of a JSON object that Cloud Logging understands; the logger
// named kRunLogger completes the line (main/log.h).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "server/execution_response.h"
#include "server/trace_context.h"

namespace spdlog {
class logger;
}

namespace forkjail::server {

enum class LogFormat { text, json };

inline constexpr char kRunLogger[] = "run";

struct RunLogEntry {
  unsigned status = 0;
  std::string kind;  // "ok", a failure's kind, or "refused": nothing ran
  std::chrono::microseconds total_time{0};
  RunUsage usage;
  std::size_t script_bytes = 0;
  TraceContext trace;
};

class RunLog {
 public:
  // `project`: the Google Cloud project of the traces; may be empty.
  RunLog(LogFormat format, std::string project);

  void write(const RunLogEntry& entry) const;

 private:
  std::shared_ptr<spdlog::logger> logger_;
  LogFormat format_;
  std::string project_;
};

// The two forms. Pure.
[[nodiscard]] std::string run_log_text(const RunLogEntry& entry);
[[nodiscard]] std::string run_log_json(const RunLogEntry& entry, std::string_view project);

}  // namespace forkjail::server
