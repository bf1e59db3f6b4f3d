#include "server/api/status_handlers.h"

#include <cmath>

#include "http/error_kind.h"
#include "json/text.h"
#include "server/observe/metrics_page.h"
#include "server/run/run_limit_fields.h"

namespace forkjail::server {
namespace {

void append_count(std::string& json, std::string_view name, std::uint64_t count) {
  json::append_key(json, name);
  json += std::to_string(count);
}

std::string versions_json(const std::optional<protocol::ZygoteReport>& report) {
  if (!report) return "null";
  std::string json = "{";
  for (const auto& [name, value] : report->versions) {
    json::append_key(json, name);
    json::append_string(json, value);
  }
  return json + "}";
}

std::string limits_json(const RunLimits& limits, std::uint64_t files_out_max) {
  std::string json = run_limits_json(limits);
  json.pop_back();
  append_count(json, "script_bytes", kScriptBytesMax);
  append_count(json, "body_bytes", kBodyBytesMax);
  append_count(json, "result_bytes", kValueBytesMax);
  append_count(json, "json_depth", kJsonDepthMax);
  append_count(json, "files_out_bytes", files_out_max);
  append_count(json, "scratch_bytes", kScratchBytesMax);
  return json + "}";
}

void append_counts(std::string& json, const CellCounts& counts, std::uint32_t parked_target) {
  append_count(json, "parked", counts.parked);
  append_count(json, "parked_target", parked_target);
  append_count(json, "making", counts.making);
  append_count(json, "in_use", counts.in_use);
  append_count(json, "dying", counts.dying);
  append_count(json, "started", counts.started);
  append_count(json, "failed", counts.failed);
}

// {"light": {...}, "full": {...}}: those that are offered.
std::string flavours_json(const CellPool& pool) {
  std::string json = "{";
  for (const auto& row : protocol::kFlavours) {
    const CellShelf& shelf = pool.shelf(row.flavour);
    if (!shelf.offered()) continue;
    json::append_key(json, row.name);
    json += "{";
    append_counts(json, shelf.counts(), shelf.parked_target());
    json::append_key(json, "warm");
    json += shelf.warm() ? "true" : "false";
    json += "}";
  }
  return json + "}";
}

std::string pool_json(const StatusContext& context) {
  const CellPoolConfig& config = context.pool.config();
  std::string json = "{";
  append_counts(json, context.pool.counts(), context.pool.parked_target());
  append_count(json, "cells_max", config.cells_max);
  append_count(json, "running", context.admission.running());
  append_count(json, "running_max", context.admission.config().running_max);
  append_count(json, "running_reserve", context.admission.config().running_reserve);
  append_count(json, "queued", context.admission.queued());
  append_count(json, "queue_max", context.admission.config().queue_max);
  json::append_key(json, "flavours");
  json += flavours_json(context.pool);
  return json + "}";
}

SessionFigures session_figures(const StatusContext& context) {
  if (context.sessions == nullptr) return {};
  return {.live = context.sessions->live(),
          .live_max = context.sessions->config().sessions_max,
          .states = context.sessions->states(),
          .counts = context.sessions->counts()};
}

// {"checkpoints": true, "live": 1, "max": 32, "states_max": 8, "limits": {...}}; null: there are
// none.
std::string sessions_json(const StatusContext& context) {
  if (context.sessions == nullptr) return "null";
  const SessionConfig& config = context.sessions->config();
  std::string json = "{";
  json::append_key(json, "checkpoints");
  json += context.sessions->has_checkpoints() ? "true" : "false";
  append_count(json, "live", context.sessions->live());
  append_count(json, "max", config.sessions_max);
  append_count(json, "states_max", config.states_max);
  json::append_key(json, "instance");
  json::append_string(json, config.instance_name);
  json::append_key(json, "limits");
  json += session_limits_json(config.limits);
  return json + "}";
}

std::optional<std::string> why_not_ready(const StatusContext& context) {
  if (context.draining) return "the service is shutting down";
  return context.pool.not_ready_reason();
}

}  // namespace

http::Response health_response() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  std::string millis = std::to_string(now % 1000);
  millis.insert(0, 3 - millis.size(), '0');
  http::Response response;
  response.body =
      R"({"status":"healthy","timestamp":)" + std::to_string(now / 1000) + "." + millis + "}";
  return response;
}

http::Response ready_response(const StatusContext& context) {
  if (const auto reason = why_not_ready(context)) {
    http::Response response = http::error_response(503, *reason);
    http::set_kind(response,
                   name_of(context.draining ? Refusal::shutting_down : Refusal::not_ready));
    response.retry_after_s = 1;
    return response;
  }
  http::Response response;
  response.body = R"({"status":"ready"})";
  return response;
}

http::Response info_response(const StatusContext& context) {
  const auto reason = why_not_ready(context);
  std::string json = "{";
  json::append_key(json, "version");
  json::append_string(json, context.version);
  json::append_key(json, "ready");
  json += reason ? "false" : "true";
  json::append_key(json, "packages");
  json += versions_json(context.pool.zygote_report());
  json::append_key(json, "limits");
  json += limits_json(context.limits, context.files_out_max);
  json::append_key(json, "isolation");
  json += context.isolation_json.empty() ? "null" : context.isolation_json;
  json::append_key(json, "server");
  json += R"({"layers":)" + layers_json(context.own_layers) + "}";
  json::append_key(json, "pool");
  json += pool_json(context);
  json::append_key(json, "sessions");
  json += sessions_json(context);
  http::Response response;
  response.body = json + "}";
  return response;
}

http::Response metrics_response(const StatusContext& context) {
  http::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body =
      metrics_page({.metrics = context.metrics,
                    .http = context.http,
                    .pool = context.pool,
                    .admission = context.admission,
                    .connections = context.connections,
                    .sessions = session_figures(context),
                    .keys = context.callers.metrics(),
                    .tools = context.tools,
                    .log_lines_dropped = context.log.dropped(),
                    .audit_lines_dropped = context.audit == nullptr ? 0 : context.audit->dropped(),
                    .version = context.version,
                    .ready = !why_not_ready(context)});
  return response;
}

std::string layers_json(std::span<const protocol::Layer> layers) {
  std::string json = "[";
  for (const protocol::Layer& layer : layers) {
    if (json.back() != '[') json += ",";
    json += "{";
    json::append_key(json, "name");
    json::append_string(json, layer.name);
    json::append_key(json, "state");
    json::append_string(json, name_of(layer.state));
    json::append_key(json, "why");
    json::append_string(json, layer.why);
    json += "}";
  }
  return json + "]";
}

std::string isolation_json(const protocol::ZygoteReport& report) {
  std::string json = "{";
  json::append_key(json, "level");
  json::append_string(json, name_of(report.level));
  json::append_key(json, "layers");
  json += layers_json(report.layers);
  return json + "}";
}

}  // namespace forkjail::server
