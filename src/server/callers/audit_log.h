// --audit-log: a line for each request to run a script, so that it can be said later who had what
// run: when, with which key, from where, which script (its SHA-256, never the script), what became
// of it and what it used. Each line is a JSON object. The output is its own, and main opens it
// before the server loses the right to open files.
//
// Owned by the service. Without --audit-log there is none, and no script is hashed.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/log_output.h"
#include "http/message.h"
#include "server/callers/client_address.h"
#include "server/observe/run_log.h"

namespace forkjail::server {

class AuditLog {
 public:
  // Both outlive it. `trusted_proxies`: whose X-Forwarded-For tells where a request came from.
  AuditLog(LogOutput& output, const std::vector<Network>& trusted_proxies)
      : output_(output), trusted_(trusted_proxies) {}

  [[nodiscard]] static std::string hash_of(std::string_view script);
  [[nodiscard]] std::string address_of(const http::Exchange& exchange) const;
  void write(const RunLogEntry& entry) const;
  // Lines that were lost because nothing read them.
  [[nodiscard]] std::uint64_t dropped() const { return output_.dropped(); }

 private:
  LogOutput& output_;
  const std::vector<Network>& trusted_;
};

using WallTime = std::chrono::system_clock::time_point;
// With their line ends. Pure.
[[nodiscard]] std::string audit_line(const RunLogEntry& entry, WallTime now);
[[nodiscard]] std::string audit_line_of_dropped(std::uint64_t lines, WallTime now);

}  // namespace forkjail::server
