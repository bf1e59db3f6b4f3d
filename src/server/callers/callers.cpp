#include "server/callers/callers.h"

#include <spdlog/spdlog.h>

#include "server/callers/key_reading.h"

namespace forkjail::server {

Callers::Callers(const CallersConfig& config, const RunLimits& maxima, CellPool& pool)
    : maxima_(maxima), isolated_(pool) {
  if (!config.keys) {
    address_gate_.emplace(config.trusted_proxies);
    return;
  }
  key_gate_.emplace(ring_.emplace(std::vector<KeyRow>()));
  // Of a file there are never more isolated keys than can be owners, and so far none is one.
  if (const auto replaced = replace(*config.keys); !replaced) {
    spdlog::critical("{}", replaced.error().to_string());
  }
}

// The keys before the cells: what waits for cells that its key has no more is told so.
Status Callers::replace(std::vector<KeyRow> rows) {
  if (auto assigned = isolated_.assign(rows); !assigned) return assigned;
  ring_->replace(rows);
  isolated_.apply(rows);
  return ok_status();
}

void Callers::reload(const Result<UniqueFd>& file) {
  if (!ring_) return;
  auto rows = file ? read_keys(*file, maxima_) : file.error();
  const Status replaced = rows ? replace(*std::move(rows)) : rows.error();
  if (!replaced) {
    ++reload_failures_;
    spdlog::error("the keys stay as they were: {}", replaced.error().to_string());
    return;
  }
  ++reloads_;
  spdlog::info("{} keys open the service now", ring_->callers().size());
}

KeyMetrics Callers::metrics() const {
  KeyMetrics metrics;
  if (!ring_) return metrics;
  metrics.refusals = key_gate_->refusals();
  metrics.reloads = reloads_;
  metrics.reload_failures = reload_failures_;
  for (const auto& caller : ring_->callers()) {
    metrics.keys.push_back({std::string(caller->name()), caller->holder()->account.total()});
  }
  return metrics;
}

}  // namespace forkjail::server
