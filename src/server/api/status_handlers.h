// GET /health, /ready, /info and /metrics: what the service says of itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/log_output.h"
#include "http/connection_registry.h"
#include "http/counters.h"
#include "http/message.h"
#include "server/admission/admission.h"
#include "server/callers/audit_log.h"
#include "server/callers/callers.h"
#include "server/cells/cell_pool.h"
#include "server/observe/metrics.h"
#include "server/observe/tool_counts.h"
#include "server/sessions/session_store.h"

namespace forkjail::server {

struct StatusContext {
  const CellPool& pool;
  const Admission& admission;
  const Metrics& metrics;
  const http::Counters& http;
  const http::ConnectionRegistry& connections;
  const SessionStore* sessions;  // null: there are none
  const Callers& callers;
  const ToolCounts& tools;
  const LogOutput& log;
  const AuditLog* audit;  // null: there is none
  const std::string& isolation_json;
  RunLimits limits;
  std::uint64_t files_out_max;
  std::string version;
  const bool& draining;
  std::vector<protocol::Layer> own_layers;  // what binds the server itself
};

// The process lives: no lock, no lookup, nothing that could wait.
[[nodiscard]] http::Response health_response();
// Scripts can be run, or why not.
[[nodiscard]] http::Response ready_response(const StatusContext& context);
[[nodiscard]] http::Response info_response(const StatusContext& context);
[[nodiscard]] http::Response metrics_response(const StatusContext& context);

// [{"name": ..., "state": ..., "why": ...}]
[[nodiscard]] std::string layers_json(std::span<const protocol::Layer> layers);
// {"level": "full", "layers": [{"name": ..., "state": ..., "why": ...}]}
[[nodiscard]] std::string isolation_json(const protocol::ZygoteReport& report);

}  // namespace forkjail::server
