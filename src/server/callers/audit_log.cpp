#include "server/callers/audit_log.h"

#include <array>
#include <cstdio>

#include "json/text.h"
#include "server/callers/key_digest.h"
#include "server/callers/key_file.h"

namespace forkjail::server {
namespace {

using std::chrono::milliseconds;

void append_text(std::string& json, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  json::append_key(json, name);
  json::append_string(json, text);
}

void append_count(std::string& json, std::string_view name, std::uint64_t count) {
  json::append_key(json, name);
  json += std::to_string(count);
}

void append_milliseconds(std::string& json, std::string_view name, std::chrono::microseconds time) {
  json::append_key(json, name);
  json::append_number(json, std::chrono::duration<double, std::milli>(time).count());
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
  append_text(json, "time", time + fraction.data());
  append_text(json, "logger", "audit");
  return json;
}

}  // namespace

std::string audit_line(const RunLogEntry& entry, WallTime now) {
  std::string json = beginning(now);
  append_text(json, "request_id", entry.request_id);
  append_text(json, "key", entry.caller);
  append_text(json, "address", entry.address);
  append_text(json, "script_sha256", entry.script_sha256);
  append_count(json, "script_bytes", entry.script_bytes);
  append_count(json, "status", entry.status);
  append_text(json, "outcome", entry.kind);
  append_text(json, "reason", entry.reason);
  append_text(json, "via", entry.via);
  append_milliseconds(json, "queue_ms", entry.usage.queue_time);
  append_milliseconds(json, "wall_ms", entry.usage.wall_time);
  append_milliseconds(json, "cpu_ms", entry.usage.cpu_time);
  append_count(json, "memory_peak_bytes", entry.usage.memory_peak_bytes);
  append_count(json, "answer_bytes", entry.answer_bytes);
  append_text(json, "trace", entry.trace.trace);
  return json + "}\n";
}

std::string audit_line_of_dropped(std::uint64_t lines, WallTime now) {
  std::string json = beginning(now);
  append_count(json, "dropped_lines", lines);
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
