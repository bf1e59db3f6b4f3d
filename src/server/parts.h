// The parts of the server, in the order in which they are made: each may use those above it.
// service.cpp gives them their life.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log_output.h"
#include "base/unique_fd.h"
#include "http/listener.h"
#include "json/sip_hash.h"
#include "loop/log_flusher.h"
#include "server/api/execute_handler.h"
#include "server/api/status_handlers.h"
#include "server/callers/audit_log.h"
#include "server/callers/body_pace.h"
#include "server/callers/callers.h"
#include "server/cells/supervisor_link.h"
#include "server/compat/compat_routes.h"
#include "server/compat/e2b_gate.h"
#include "server/config.h"
#include "server/mcp/fixtures.h"
#include "server/mcp/mcp_handler.h"
#include "server/sessions/session_cells.h"

namespace forkjail::server {

// What was made before the server gave up its privileges, which it cannot make itself.
struct Given {
  LogOutput& log;    // where spdlog's lines go
  LogOutput* audit;  // null: there is no audit log
  http::Listener listener;
  UniqueFd supervisor_socket;
  std::vector<protocol::Layer> own_layers;
  json::HashSecret hash_secret;
  json::HashSecret id_secret;
};

// The audit log, with what it needs of the loop.
struct Audit {
  Audit(const Executor& executor, LogOutput& output, const std::vector<Network>& trusted_proxies)
      : flusher(executor, output), log(output, trusted_proxies) {}

  LogFlusher flusher;
  AuditLog log;
};

struct Parts {
  // `loop` and `config` outlive them.
  Parts(Loop& loop, const ServerConfig& config, Given given);
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;
  ~Parts();

  [[nodiscard]] const AuditLog* audit_log() const { return audit ? &audit->log : nullptr; }

  Loop& loop;
  const ServerConfig& config;
  LogFlusher log_flusher;
  std::unique_ptr<Audit> audit;
  http::Listener listener;
  Metrics metrics;
  http::Counters http_counters;
  SupervisorLink link;
  CellPool pool;
  Admission admission;
  FlavourHint flavour_hint;
  Callers callers;
  http::ConnectionRegistry registry;
  std::string isolation_json;
  bool draining = false;
  BodyPace body_pace;
  DecodeTurns decode_turns;
  AnswerTurns answer_turns;
  RefusalPace refusal_pace;
  RunLog run_log;
  RefusalLog refusal_log;
  LastingRuns lasting_runs;
  Runner runner;
  ExecuteContext execute;
  SessionCells session_cells;
  SessionStore sessions;
  SessionContext in_sessions;
  E2bSandboxes e2b_sandboxes;
  E2bDoor e2b;
  E2bGate e2b_gate;
  ToolCounts tool_counts;
  std::string packages;
  mcp::Fixtures mcp_fixtures;
  mcp::McpContext mcp_context;
  StatusContext status;
  FileStore compat_files;
  CompatContext compat;
  std::string openapi;
  http::Router router;
  http::RequestIds request_ids;
  std::optional<http::Cors> cors;
  http::ServeContext serving;
};

}  // namespace forkjail::server
