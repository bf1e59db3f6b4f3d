#include "supervisor/long_runs.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace forkjail::supervisor {

using std::chrono::duration_cast;

// The server names it at the end of its first moment. What it has used in that does not count.
void LongRuns::begin(protocol::CellId id) {
  const Cell* const cell = cells_.find(id);
  if (!is_possible_ || cell == nullptr) return;
  forget_gone();
  const auto now = now_();
  if (!one_runs()) next_look_ = now + kPause;
  const auto [row, is_first] = watched_.try_emplace(id);
  Watched& watched = row->second;
  const auto idle = is_first ? Clock::duration{} : now - watched.looked;
  count(watched, idle, CpuCredit::Time{0});
  watched.used = calls_.cpu_time(*cell);
  watched.looked = now;
  watched.runs = true;
  if (watched.is_behind) put(*cell, true);
}

void LongRuns::end(protocol::CellId id) {
  const auto found = watched_.find(id);
  const Cell* const cell = cells_.find(id);
  if (found == watched_.end() || cell == nullptr) return;
  if (found->second.is_behind) put(*cell, false);
  found->second.looked = now_();
  found->second.runs = false;
}

void LongRuns::on_waiting(protocol::CellId id) {
  const Cell* const cell = cells_.find(id);
  if (cell != nullptr && one_is_behind()) note_look(calls_.look_again(*cell));
}

void LongRuns::on_server_told() {
  if (!is_possible_) return;
  note_look(one_is_behind() ? calls_.look_again_at_server() : calls_.recover_server());
}

void LongRuns::look() {
  if (!one_runs() || now_() < next_look_) return;
  next_look_ = now_() + kPause;
  note_look(calls_.recover_server());
  forget_gone();
  for (auto& [id, watched] : watched_) {
    if (watched.runs) look_at(*cells_.find(id), watched);
  }
}

void LongRuns::forget_gone() {
  std::erase_if(watched_, [this](const auto& row) { return cells_.find(row.first) == nullptr; });
}

bool LongRuns::one_runs() const {
  return std::ranges::any_of(watched_, [](const auto& row) { return row.second.runs; });
}

bool LongRuns::one_is_behind() const {
  return std::ranges::any_of(
      watched_, [](const auto& row) { return row.second.runs && row.second.is_behind; });
}

void LongRuns::look_at(const Cell& cell, Watched& watched) {
  const auto now = now_();
  const auto used = calls_.cpu_time(cell);
  const bool was_behind = watched.is_behind;
  count(watched, now - watched.looked, std::max(used - watched.used, CpuCredit::Time{0}));
  watched.used = used;
  watched.looked = now;
  if (watched.is_behind != was_behind) put(cell, watched.is_behind);
}

// It comes back with half of its burst, or it would change places all the time.
void LongRuns::count(Watched& watched, Clock::duration passed, CpuCredit::Time used) {
  watched.credit.pass(duration_cast<CpuCredit::Time>(passed), used);
  if (watched.credit.is_used_up()) watched.is_behind = true;
  if (watched.credit.left() >= kCredit.burst / 2) watched.is_behind = false;
}

void LongRuns::put(const Cell& cell, bool behind) {
  const auto status = calls_.put(cell, behind);
  if (status || std::exchange(has_failed_, true)) return;
  spdlog::warn("a long run does not give way as it should: {}", status.error().to_string());
}

void LongRuns::note_look(const Status& status) {
  if (status || std::exchange(look_has_failed_, true)) return;
  spdlog::warn("short runs may wait for a few milliseconds beside long ones: {}",
               status.error().to_string());
}

std::optional<std::chrono::milliseconds> LongRuns::time_to_next_look() const {
  if (!one_runs()) return std::nullopt;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_look_ - now_());
  return std::max(left, std::chrono::milliseconds{0});
}

}  // namespace forkjail::supervisor
