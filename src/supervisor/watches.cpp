#include "supervisor/watches.h"

#include <poll.h>

#include <algorithm>
#include <vector>

#include "supervisor/process_facts.h"

namespace forkjail::supervisor {

void Watches::look_at_memory() {
  if (!duties_.memory) return;
  for (auto& [id, cell] : cells_.all()) {
    if (!memory_watch_.is_over(cell)) continue;
    cell.over_memory = true;
    cell.process.kill();
  }
}

void Watches::look_at_scratch() {
  if (!duties_.scratch || now_() < scratch_watch_.next_turn()) return;
  std::vector<ScratchWatch::Subject> subjects;
  for (const auto& [id, cell] : cells_.all()) {
    if (cell.process.pid() <= 0) continue;
    subjects.push_back({id, cells_.scratch_directory(cell), &cell.process});
  }
  const auto verdict = scratch_watch_.turn(subjects);
  Cell* const cell = verdict ? cells_.find(verdict->cell) : nullptr;
  if (cell == nullptr) return;
  cell->scratch_excess = verdict->excess;
  cell->process.kill();
}

void Watches::look_at_answers() {
  attended_.look(now_());
  if (attended_.passed() < next_answer_look_) return;
  next_answer_look_ = attended_.passed() + (one_is_silent() ? kShortPause : kPause);
  for (const auto& zygote : fleet_.all()) {
    const bool has_served =
        zygote->state == ZygoteState::ready || zygote->state == ZygoteState::retired;
    if (!has_served) continue;
    if (!zygote->silent && does_not_answer(*zygote)) replace(*zygote);
    if (zygote->silent) find_dead_cells(*zygote);
  }
}

bool Watches::one_is_silent() const {
  return std::ranges::any_of(fleet_.all(), [](const auto& zygote) {
    return zygote->silent && zygote->state != ZygoteState::ended;
  });
}

bool Watches::does_not_answer(const ZygoteProcess& zygote) {
  Clock::duration owed{};
  for (Cell* cell : cells_.cells_of(zygote)) {
    if (cell->is_only_a_slot()) continue;
    owed = std::max(owed, cell->answer.owed(cell->process, attended_.passed()));
  }
  if (!hangs(owed, is_at_work(zygote.zygote_pid()))) return false;
  pollfd unread{zygote.control(), POLLIN, 0};
  return ::poll(&unread, 1, 0) == 0;  // else it did answer, and the loop has not read it yet
}

void Watches::replace(ZygoteProcess& zygote) {
  fleet_.on_silent(zygote);
  for (Cell* cell : cells_.cells_of(zygote)) {
    if (cell->process.exists()) continue;
    starter_.give_up(*cell, Error{"clone", 0, "the zygote does not answer"});
  }
}

// A silent zygote does not report which of its cells died. How they died it alone could tell.
void Watches::find_dead_cells(ZygoteProcess& zygote) {
  for (Cell* cell : cells_.cells_of(zygote)) {
    if (cell->process.is_dead()) finisher_.on_found_dead(*cell);
  }
  fleet_.end_if_done(zygote);
}

std::chrono::milliseconds Watches::time_to_next_look() const {
  auto time = one_is_silent() ? kShortPause : kPause;
  if (cells_.all().empty()) return time;
  if (duties_.memory) time = std::min(time, kShortPause);
  if (!duties_.scratch) return time;
  const auto until =
      std::chrono::ceil<std::chrono::milliseconds>(scratch_watch_.next_turn() - now_());
  return std::clamp(until, std::chrono::milliseconds{0}, time);
}

}  // namespace forkjail::supervisor
