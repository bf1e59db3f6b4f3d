#include "server/callers/callers.h"

namespace forkjail::server {

KeyMetrics Callers::metrics() const {
  KeyMetrics metrics;
  if (!ring_) return metrics;
  metrics.refusals = key_gate_->refusals();
  for (const auto& caller : ring_->callers()) {
    metrics.keys.push_back({std::string(caller->name()), caller->holder()->account.total()});
  }
  return metrics;
}

}  // namespace forkjail::server
