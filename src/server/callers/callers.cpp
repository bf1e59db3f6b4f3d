#include "server/callers/callers.h"

#include <spdlog/spdlog.h>

#include "server/callers/key_reading.h"

namespace forkjail::server {

void Callers::reload(const Result<UniqueFd>& file) {
  if (!ring_) return;
  auto rows = file ? read_keys(*file, maxima_) : file.error();
  if (!rows) {
    ++reload_failures_;
    spdlog::error("the keys stay as they were: {}", rows.error().to_string());
    return;
  }
  ++reloads_;
  ring_->replace(*std::move(rows));
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
