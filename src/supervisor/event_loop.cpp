#include "supervisor/event_loop.h"

#include <algorithm>

namespace forkjail::supervisor {
namespace {

constexpr std::chrono::milliseconds kDeathPause{5};  // between looks where there is no pidfd

}  // namespace

void EventLoop::run() {
  while (parts_.server.is_open() && !parts_.fleet.can_never_serve()) {
    parts_.fleet.keep();
    turn();
  }
}

// Handlers run in the order in which they are registered: the log lines of a zygote before what is
// logged of it; a proof cell's last frame before its exit; what a zygote reported before its end. A
// zygote or cell that is registered lives until the turn is over, or until the handler of its own.
void EventLoop::turn() {
  polled_.clear();
  handlers_.clear();
  poll_logs();
  poll_proofs();
  poll_zygotes();
  poll_for(parts_.server.descriptor(), POLLIN, [this] { parts_.orders.on_readable(); });
  poll_for(parts_.children.descriptor(), POLLIN, [this] { parts_.children.on_readable(); });
  poll_awaited_deaths();
  const auto time = static_cast<int>(sleep_time().count());
  if (::poll(polled_.data(), polled_.size(), time) < 0) return;

  parts_.log.flush();
  parts_.watches.look_at_memory();
  parts_.watches.look_at_scratch();
  for (std::size_t i = 0; i < polled_.size(); ++i) {
    if (polled_[i].revents != 0) handlers_[i]();
  }
  parts_.finisher.finish_dead();
  parts_.fleet.remove_finished();
  parts_.watches.look_at_answers();
  parts_.finisher.clear_slots();
  if (parts_.removals != nullptr) parts_.removals->begin(Clock::now());
}

void EventLoop::poll_for(int descriptor, short events, std::function<void()> handler) {
  polled_.push_back({descriptor, events, 0});
  handlers_.push_back(std::move(handler));
}

void EventLoop::poll_logs() {
  for (const auto& zygote : parts_.fleet.all()) {
    JailLog& log = zygote->log();
    poll_for(log.descriptor(), POLLIN, [&log] { log.read(); });
  }
}

// A proof that has just failed, or held, is not looked at again.
void EventLoop::poll_proofs() {
  for (const auto& zygote : parts_.fleet.all()) {
    Cell* cell = parts_.prover.cell_of(*zygote);
    if (cell == nullptr) continue;
    const auto is_under_way = [this, cell] { return parts_.prover.cell_of(*cell->zygote) == cell; };
    poll_for(cell->reply.read_end.get(), POLLIN, [this, cell, is_under_way] {
      if (is_under_way()) parts_.prover.on_readable(*cell);
    });
    if (cell->proof->unsent.empty()) continue;
    poll_for(cell->request.write_end.get(), POLLOUT, [this, cell, is_under_way] {
      if (is_under_way()) parts_.prover.on_writable(*cell);
    });
  }
}

void EventLoop::poll_zygotes() {
  for (const auto& owned : parts_.fleet.all()) {
    ZygoteProcess* zygote = owned.get();
    if (zygote->state == ZygoteState::ended) continue;
    poll_for(zygote->control(), POLLIN, [this, zygote] {
      if (zygote->state != ZygoteState::ended) parts_.zygotes.on_readable(*zygote);
    });
  }
}

// They only wake the loop: it looks at all of them in each turn.
void EventLoop::poll_awaited_deaths() {
  for (const auto& [id, cell] : parts_.cells.all()) {
    if (cell.death_awaited_since) poll_for(cell.process.descriptor(), POLLIN, [] {});
  }
}

std::chrono::milliseconds EventLoop::sleep_time() const {
  auto time = parts_.watches.time_to_next_look();
  if (parts_.log.pending()) time = std::min(time, LogOutput::kFlushPause);
  if (parts_.finisher.awaits_deaths()) time = std::min(time, kDeathPause);
  return time;
}

}  // namespace forkjail::supervisor
