// GET /metrics: what was counted (metrics.h) and what is the case now, in Prometheus' text format.
// The names are documented in docs/operations.md; tests/e2e/test_metrics.py holds the two against
// each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/connection_registry.h"
#include "http/counters.h"
#include "server/admission/admission.h"
#include "server/cells/cell_pool.h"
#include "server/observe/key_counts.h"
#include "server/observe/metrics.h"
#include "server/observe/session_counts.h"
#include "server/observe/tool_counts.h"

namespace forkjail::server {

// All of it as of now; gauges are looked up only for this page.
struct MetricsSource {
  const Metrics& metrics;
  const http::Counters& http;
  const CellPool& pool;
  const Admission& admission;
  const http::ConnectionRegistry& connections;
  SessionFigures sessions;
  KeyMetrics keys;
  const ToolCounts& tools;
  std::uint64_t log_lines_dropped;
  std::uint64_t audit_lines_dropped;
  std::string_view version;
  bool ready;
};

[[nodiscard]] std::string metrics_page(const MetricsSource& source);

}  // namespace forkjail::server
