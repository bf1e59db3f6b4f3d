// GET /metrics: what was counted (metrics.h) and what is the case now, in Prometheus' text format.
// The names are documented in docs/operations.md; tests/e2e/test_metrics.py holds the two against
// each other.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "server/admission.h"
#include "server/cell_pool.h"
#include "server/metrics.h"
#include "server/session_registry.h"

namespace forkjail::server {

// All of it as of now; gauges are looked up only for this page.
struct MetricsSource {
  const Metrics& metrics;
  const CellPool& pool;
  const Admission& admission;
  const SessionRegistry& connections;
  std::uint64_t log_lines_dropped;
  std::string_view version;
  bool ready;
};

[[nodiscard]] std::string metrics_page(const MetricsSource& source);

}  // namespace forkjail::server
