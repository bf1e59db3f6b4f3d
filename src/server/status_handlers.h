// GET /health, /ready, /info and /metrics: what the service says of itself.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/log_output.h"
#include "server/admission.h"
#include "server/cell_pool.h"
#include "server/http_message.h"
#include "server/metrics.h"
#include "server/session_registry.h"

namespace forkjail::server {

struct StatusContext {
  const CellPool& pool;
  const Admission& admission;
  const Metrics& metrics;
  const SessionRegistry& connections;
  const LogOutput& log;
  const std::string& isolation_json;
  RunLimits limits;
  std::string version;
  const bool& draining;
  std::vector<protocol::Layer> own_layers;  // what binds the server itself
};

// The process lives: no lock, no lookup, nothing that could wait.
[[nodiscard]] HttpResponse health_response();
// Scripts can be run, or why not.
[[nodiscard]] HttpResponse ready_response(const StatusContext& context);
[[nodiscard]] HttpResponse info_response(const StatusContext& context);
[[nodiscard]] HttpResponse metrics_response(const StatusContext& context);

// [{"name": ..., "state": ..., "why": ...}]
[[nodiscard]] std::string layers_json(std::span<const protocol::Layer> layers);
// {"level": "full", "layers": [{"name": ..., "state": ..., "why": ...}]}
[[nodiscard]] std::string isolation_json(const protocol::WorkerReport& report);

}  // namespace forkjail::server
