#include "server/observe/run_log.h"

#include <spdlog/spdlog.h>

#include "json/text.h"

namespace forkjail::server {
namespace {

constexpr double kMicrosecondsPerMillisecond = 1'000;

double milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / kMicrosecondsPerMillisecond;
}

// The names are Cloud Logging's own.
void append_trace(std::string& json, const http::TraceContext& trace, std::string_view project) {
  if (trace.trace.empty()) return;
  std::string name = trace.trace;
  if (!project.empty()) name = "projects/" + std::string(project) + "/traces/" + name;
  json::append_text_member(json, "logging.googleapis.com/trace", name);
  if (!trace.span.empty())
    json::append_text_member(json, "logging.googleapis.com/spanId", trace.span);
  json::append_key(json, "logging.googleapis.com/trace_sampled");
  json += trace.sampled ? "true" : "false";
}

std::string summary(const RunLogEntry& entry) {
  const std::string reason = entry.reason.empty() ? "" : fmt::format(" ({})", entry.reason);
  return fmt::format("{} {}{} in {:.1f} ms (queue {:.1f}, run {:.1f}, CPU {:.1f})", entry.status,
                     entry.kind, reason, milliseconds(entry.total_time),
                     milliseconds(entry.usage.queue_time), milliseconds(entry.usage.wall_time),
                     milliseconds(entry.usage.cpu_time));
}

}  // namespace

std::string run_log_text(const RunLogEntry& entry) {
  std::string text = summary(entry);
  if (!entry.request_id.empty()) text.append(", request ").append(entry.request_id);
  if (!entry.via.empty()) text.append(", via ").append(entry.via);
  if (!entry.caller.empty()) text.append(", key ").append(entry.caller);
  return text;
}

std::string run_log_json(const RunLogEntry& entry, std::string_view project) {
  std::string json = "{";
  json::append_text_member(json, "message", summary(entry));
  json::append_number_member(json, "status", entry.status);
  json::append_text_member(json, "kind", entry.kind);
  if (!entry.reason.empty()) json::append_text_member(json, "reason", entry.reason);
  json::append_number_member(json, "total_ms", milliseconds(entry.total_time));
  json::append_number_member(json, "queue_ms", milliseconds(entry.usage.queue_time));
  json::append_number_member(json, "wall_ms", milliseconds(entry.usage.wall_time));
  json::append_number_member(json, "cpu_ms", milliseconds(entry.usage.cpu_time));
  json::append_number_member(json, "script_bytes", static_cast<double>(entry.script_bytes));
  if (!entry.request_id.empty()) json::append_text_member(json, "request_id", entry.request_id);
  if (!entry.via.empty()) json::append_text_member(json, "via", entry.via);
  if (!entry.caller.empty()) json::append_text_member(json, "key", entry.caller);
  append_trace(json, entry.trace, project);
  return json.substr(1);
}

std::string refusals_text(const RefusalCounts& counts) {
  std::uint64_t sum = 0;
  std::string reasons;
  for (const auto& [reason, count] : counts) {
    sum += count;
    reasons += fmt::format("{}{} {}", reasons.empty() ? "" : ", ", reason, count);
  }
  return fmt::format("{} more refused within a second: {}", sum, reasons);
}

std::string refusals_json(const RefusalCounts& counts) {
  std::string json = "{";
  json::append_text_member(json, "message", refusals_text(counts));
  json::append_text_member(json, "kind", "refused");
  json::append_key(json, "refused");
  json += '{';
  for (const auto& [reason, count] : counts) {
    json::append_number_member(json, reason, static_cast<double>(count));
  }
  json += '}';
  return json.substr(1);
}

RunLog::RunLog(LogFormat format, std::string project)
    : logger_(spdlog::get(kRunLogger)), format_(format), project_(std::move(project)) {
  if (logger_ == nullptr) logger_ = spdlog::default_logger();
}

void RunLog::write(const RunLogEntry& entry) const {
  const auto level = entry.status >= 500 ? spdlog::level::warn : spdlog::level::info;
  if (!logger_->should_log(level)) return;
  logger_->log(level, is_json() ? run_log_json(entry, project_) : run_log_text(entry));
}

void RunLog::write_refusals(const RefusalCounts& counts) const {
  if (!logger_->should_log(spdlog::level::warn)) return;
  logger_->warn(is_json() ? refusals_json(counts) : refusals_text(counts));
}

}  // namespace forkjail::server
