#include "server/callers/audit_log.h"

#include <array>
#include <cstdio>

#include "json/text.h"
#include "server/callers/key_digest.h"
#include "server/callers/key_file.h"

namespace forkjail::server {
namespace {

using std::chrono::milliseconds;

void append_if_any(std::string& json, std::string_view name, std::string_view text) {
  if (!text.empty()) json::append_text_member(json, name, text);
}

void append_milliseconds(std::string& json, std::string_view name, std::chrono::microseconds time) {
  json::append_number_member(json, name, std::chrono::duration<double, std::milli>(time).count());
}

// "{" and the time: 2026-11-29T12:00:00.123Z.
std::string beginning(WallTime now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const auto rest = std::chrono::floor<milliseconds>(now - second).count();
  std::array<char, 16> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(rest));
  std::string time = utc_text(second);
  time.pop_back();  // its "Z"
  std::string json = "{";
  append_if_any(json, "time", time + fraction.data());
  append_if_any(json, "logger", "audit");
  return json;
}

}  // namespace

std::string audit_line(const RunLogEntry& entry, WallTime now) {
  std::string json = beginning(now);
  append_if_any(json, "request_id", entry.request_id);
  append_if_any(json, "key", entry.caller);
  append_if_any(json, "address", entry.address);
  append_if_any(json, "script_sha256", entry.script_sha256);
  json::append_count_member(json, "script_bytes", entry.script_bytes);
  json::append_count_member(json, "status", entry.status);
  append_if_any(json, "outcome", entry.kind);
  append_if_any(json, "reason", entry.reason);
  append_if_any(json, "via", entry.via);
  append_milliseconds(json, "queue_ms", entry.usage.queue_time);
  append_milliseconds(json, "wall_ms", entry.usage.wall_time);
  append_milliseconds(json, "cpu_ms", entry.usage.cpu_time);
  json::append_count_member(json, "memory_peak_bytes", entry.usage.memory_peak_bytes);
  json::append_count_member(json, "answer_bytes", entry.answer_bytes);
  append_if_any(json, "trace", entry.trace.trace);
  return json + "}\n";
}

std::string audit_line_of_dropped(std::uint64_t lines, WallTime now) {
  std::string json = beginning(now);
  json::append_count_member(json, "dropped_lines", lines);
  return json + "}\n";
}

std::string AuditLog::hash_of(std::string_view script) { return hex_of(digest_of(script)); }

std::string AuditLog::address_of(const http::Exchange& exchange) const {
  const auto forwarded = exchange.request.headers[http::RequestHeader::forwarded_for];
  return client_address(exchange.peer, forwarded, trusted_).to_string();
}

void AuditLog::write(const RunLogEntry& entry) const {
  output_.write(audit_line(entry, std::chrono::system_clock::now()));
}

}  // namespace forkjail::server
