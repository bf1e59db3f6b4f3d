#include "server/status_handlers.h"

#include <cmath>

#include "server/json_text.h"
#include "server/metrics_page.h"
#include "server/run_limit_fields.h"

namespace forkjail::server {
namespace {

void append_count(std::string& json, std::string_view name, std::uint64_t count) {
  append_json_key(json, name);
  json += std::to_string(count);
}

std::string versions_json(const std::optional<protocol::WorkerReport>& report) {
  if (!report) return "null";
  std::string json = "{";
  for (const auto& [name, value] : report->versions) {
    append_json_key(json, name);
    append_json_string(json, value);
  }
  return json + "}";
}

std::string limits_json(const RunLimits& limits) {
  std::string json = run_limits_json(limits);
  json.pop_back();
  append_count(json, "script_bytes", kScriptBytesMax);
  append_count(json, "body_bytes", kBodyBytesMax);
  append_count(json, "result_bytes", kValueBytesMax);
  append_count(json, "json_depth", kJsonDepthMax);
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
    append_json_key(json, row.name);
    json += "{";
    append_counts(json, shelf.counts(), shelf.parked_target());
    append_json_key(json, "warm");
    json += shelf.warm() ? "true" : "false";
    json += "}";
  }
  return json + "}";
}

std::string pool_json(const StatusContext& context) {
  const CellPoolConfig& config = context.pool.config();
  std::string json = "{";
  append_counts(json, context.pool.counts(), config.parked_target_sum());
  append_count(json, "cells_max", config.cells_max);
  append_count(json, "running", context.admission.running());
  append_count(json, "running_max", context.admission.config().running_max);
  append_count(json, "queued", context.admission.queued());
  append_count(json, "queue_max", context.admission.config().queue_max);
  append_json_key(json, "flavours");
  json += flavours_json(context.pool);
  return json + "}";
}

std::optional<std::string> why_not_ready(const StatusContext& context) {
  if (context.draining) return "the service is shutting down";
  return context.pool.not_ready_reason();
}

}  // namespace

HttpResponse health_response() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  std::string millis = std::to_string(now % 1000);
  millis.insert(0, 3 - millis.size(), '0');
  HttpResponse response;
  response.body =
      R"({"status":"healthy","timestamp":)" + std::to_string(now / 1000) + "." + millis + "}";
  return response;
}

HttpResponse ready_response(const StatusContext& context) {
  if (const auto reason = why_not_ready(context)) {
    HttpResponse response = error_response(503, *reason, ErrorShape::plain);
    response.retry_after_s = 1;
    return response;
  }
  HttpResponse response;
  response.body = R"({"status":"ready"})";
  return response;
}

HttpResponse info_response(const StatusContext& context) {
  const auto reason = why_not_ready(context);
  std::string json = "{";
  append_json_key(json, "version");
  append_json_string(json, context.version);
  append_json_key(json, "ready");
  json += reason ? "false" : "true";
  append_json_key(json, "packages");
  json += versions_json(context.pool.worker_report());
  append_json_key(json, "limits");
  json += limits_json(context.limits);
  append_json_key(json, "isolation");
  json += context.isolation_json.empty() ? "null" : context.isolation_json;
  append_json_key(json, "server");
  json += R"({"layers":)" + layers_json(context.own_layers) + "}";
  append_json_key(json, "pool");
  json += pool_json(context);
  HttpResponse response;
  response.body = json + "}";
  return response;
}

HttpResponse metrics_response(const StatusContext& context) {
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_page({.metrics = context.metrics,
                                .pool = context.pool,
                                .admission = context.admission,
                                .connections = context.connections,
                                .log_lines_dropped = context.log.dropped(),
                                .version = context.version,
                                .ready = !why_not_ready(context)});
  return response;
}

std::string layers_json(std::span<const protocol::Layer> layers) {
  std::string json = "[";
  for (const protocol::Layer& layer : layers) {
    if (json.back() != '[') json += ",";
    json += "{";
    append_json_key(json, "name");
    append_json_string(json, layer.name);
    append_json_key(json, "state");
    append_json_string(json, name_of(layer.state));
    append_json_key(json, "why");
    append_json_string(json, layer.why);
    json += "}";
  }
  return json + "]";
}

std::string isolation_json(const protocol::WorkerReport& report) {
  std::string json = "{";
  append_json_key(json, "level");
  append_json_string(json, name_of(report.level));
  append_json_key(json, "layers");
  json += layers_json(report.layers);
  return json + "}";
}

}  // namespace forkjail::server
