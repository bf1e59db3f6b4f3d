#include "server/api/execution_response.h"

#include <cmath>

#include "json/text.h"
#include "json/utf8.h"

namespace forkjail::server {
namespace {

void append_stream(std::string& json, std::string_view name, const CapturedText& text) {
  json::append_key(json, name);
  const std::string_view bytes = text.bytes;
  json::append_string(json, text.truncated ? json::without_cut_sequence(bytes) : bytes);
}

void append_bool(std::string& json, std::string_view name, bool value) {
  json::append_key(json, name);
  json += value ? "true" : "false";
}

// Three decimals are plenty: microseconds, and kilobytes of a megabyte.
void append_rounded(std::string& json, std::string_view name, double value) {
  json::append_key(json, name);
  json::append_number(json, std::round(value * 1000) / 1000);
}

double milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000;
}

void append_verbose(std::string& json, const RunOutput& output, const VerboseParts& parts) {
  append_stream(json, "stderr", output.err);
  json::append_key(json, "usage");
  json += "{";
  append_rounded(json, "wall_ms", milliseconds(parts.usage.wall_time));
  append_rounded(json, "cpu_ms", milliseconds(parts.usage.cpu_time));
  append_rounded(json, "queue_ms", milliseconds(parts.usage.queue_time));
  append_rounded(json, "memory_peak_mb",
                 static_cast<double>(parts.usage.memory_peak_bytes) / static_cast<double>(kMiB));
  json += "}";
  json::append_key(json, "truncated");
  json += "{";
  append_bool(json, "stdout", output.out.truncated);
  append_bool(json, "stderr", output.err.truncated);
  json += "}";
  json::append_key(json, "isolation");
  json += parts.isolation_json.empty() ? "null" : parts.isolation_json;
}

// A text, or null when there is none.
void append_optional(std::string& json, std::string_view name, std::string_view text) {
  json::append_key(json, name);
  if (text.empty()) {
    json += "null";
  } else {
    json::append_string(json, text);
  }
}

void append_details(std::string& json, const Failed& failure, std::string_view syscalls) {
  json::append_key(json, "details");
  json += "{";
  json::append_key(json, "kind");
  json::append_string(json, name_of(failure.kind));
  append_optional(json, "type", failure.report.type);
  append_optional(json, "message", failure.report.message);
  json::append_key(json, "line");
  json += failure.report.line ? std::to_string(*failure.report.line) : "null";
  append_optional(json, "traceback", failure.report.traceback);
  append_optional(json, "syscall", syscalls);
  json += "}";
}

}  // namespace

std::string success_body(std::string_view value_json, const RunOutput& output,
                         const std::optional<VerboseParts>& verbose) {
  std::string json;
  json.reserve(value_json.size() + output.out.bytes.size() + 64);
  json += "{";
  json::append_key(json, "result");
  json += value_json;
  append_stream(json, "stdout", output.out);
  if (verbose) append_verbose(json, output, *verbose);
  return json + "}";
}

std::string failure_body(const Failed& failure, const RunOutput& output,
                         const std::optional<VerboseParts>& verbose) {
  std::string json = "{";
  json::append_key(json, "error");
  json::append_string(json, failure.error);
  append_stream(json, "stdout", output.out);
  if (verbose) {
    append_verbose(json, output, *verbose);
    append_details(json, failure, verbose->syscalls);
  }
  return json + "}";
}

}  // namespace forkjail::server
