#include "server/api/execution_response.h"

#include <cmath>
#include <utility>

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

void append_usage(std::string& json, const RunUsage& usage) {
  json::append_key(json, "usage");
  json += "{";
  append_rounded(json, "wall_ms", milliseconds(usage.wall_time));
  append_rounded(json, "cpu_ms", milliseconds(usage.cpu_time));
  append_rounded(json, "queue_ms", milliseconds(usage.queue_time));
  append_rounded(json, "memory_peak_mb",
                 static_cast<double>(usage.memory_peak_bytes) / static_cast<double>(kMiB));
  json += "}";
}

// What was dropped is reported even if it was not asked for.
void append_truncated(std::string& json, const RunOutput& output, const AnswerExtras& extras) {
  const bool displays = extras.displays != nullptr && extras.displays->truncated;
  if (!extras.parts.has(AnswerPart::truncated) && !output.out.truncated && !output.err.truncated &&
      !extras.files_truncated && !displays) {
    return;
  }
  json::append_key(json, "truncated");
  json += "{";
  append_bool(json, "stdout", output.out.truncated);
  append_bool(json, "stderr", output.err.truncated);
  append_bool(json, "files", extras.files_truncated);
  append_bool(json, "display", displays);
  json += "}";
}

void append_displays(std::string& json, const AnswerExtras& extras) {
  const bool any = extras.displays != nullptr && !extras.displays->bundles.empty();
  if (!extras.parts.has(AnswerPart::display) && !(extras.displays_if_any && any)) return;
  json::append_key(json, "display");
  json += "[";
  if (any) {
    for (const std::string& bundle : extras.displays->bundles) {
      if (json.back() != '[') json += ',';
      json += bundle;
    }
  }
  json += "]";
}

void append_extras(std::string& json, const RunOutput& output, const AnswerExtras& extras) {
  if (extras.parts.has(AnswerPart::err)) append_stream(json, "stderr", output.err);
  if (extras.parts.has(AnswerPart::usage)) append_usage(json, extras.usage);
  append_truncated(json, output, extras);
  append_displays(json, extras);
  if (extras.parts.has(AnswerPart::isolation)) {
    json::append_key(json, "isolation");
    json += extras.isolation_json.empty() ? "null" : extras.isolation_json;
  }
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
                         const AnswerExtras& extras) {
  std::string json;
  json.reserve(value_json.size() + output.out.bytes.size() + 64);
  json += "{";
  json::append_key(json, "result");
  json += value_json;
  append_stream(json, "stdout", output.out);
  append_extras(json, output, extras);
  return json + "}";
}

std::string failure_body(const Failed& failure, const RunOutput& output,
                         const AnswerExtras& extras) {
  std::string json = "{";
  json::append_key(json, "error");
  json::append_string(json, failure.error);
  append_stream(json, "stdout", output.out);
  append_extras(json, output, extras);
  if (extras.parts.has(AnswerPart::details)) append_details(json, failure, extras.syscalls);
  return json + "}";
}

void execution_error(http::Response& response, std::string_view message) {
  http::plain_error(response, message);
  response.body.pop_back();
  response.body += R"(,"stdout":""})";
}

std::string truncated_parts(const RunOutput& output, bool files_truncated) {
  std::string parts;
  for (const auto& [name, truncated] :
       {std::pair("stdout", output.out.truncated), std::pair("stderr", output.err.truncated),
        std::pair("files", files_truncated)}) {
    if (truncated) parts.append(parts.empty() ? "" : ", ").append(name);
  }
  return parts;
}

}  // namespace forkjail::server
