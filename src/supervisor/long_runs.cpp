#include "supervisor/long_runs.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace forkjail::supervisor {

using std::chrono::duration_cast;

// The server names it at the end of its first moment. What it has used in that does not count.
void LongRuns::begin(protocol::CellId id) {
  const Cell* const cell = cells_.find(id);
  if (!is_possible_ || cell == nullptr) return;
  const auto now = now_();
  if (watched_.empty()) next_look_ = now + kPause;
  watched_.try_emplace(id, Watched{.used = calls_.cpu_time(*cell), .looked = now});
}

void LongRuns::end(protocol::CellId id) {
  const auto found = watched_.find(id);
  if (found == watched_.end()) return;
  const bool was_behind = found->second.credit.is_behind();
  watched_.erase(found);
  const Cell* const cell = cells_.find(id);
  if (was_behind && cell != nullptr) put(*cell, false);
}

void LongRuns::look() {
  if (watched_.empty() || now_() < next_look_) return;
  next_look_ = now_() + kPause;
  std::erase_if(watched_, [this](const auto& row) { return cells_.find(row.first) == nullptr; });
  for (auto& [id, watched] : watched_) look_at(*cells_.find(id), watched);
}

void LongRuns::look_at(const Cell& cell, Watched& watched) {
  const auto now = now_();
  const auto used = calls_.cpu_time(cell);
  const bool was_behind = watched.credit.is_behind();
  watched.credit.pass(duration_cast<CpuCredit::Time>(now - watched.looked),
                      std::max(used - watched.used, CpuCredit::Time{0}));
  watched.used = used;
  watched.looked = now;
  if (watched.credit.is_behind() != was_behind) put(cell, !was_behind);
}

void LongRuns::put(const Cell& cell, bool behind) {
  const auto status = calls_.put(cell, behind);
  if (status || std::exchange(has_failed_, true)) return;
  spdlog::warn("a long run keeps its priority: {}", status.error().to_string());
}

std::optional<std::chrono::milliseconds> LongRuns::time_to_next_look() const {
  if (watched_.empty()) return std::nullopt;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_look_ - now_());
  return std::max(left, std::chrono::milliseconds{0});
}

}  // namespace forkjail::supervisor
