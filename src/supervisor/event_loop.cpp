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
  poll_server();
  poll_for(parts_.children.descriptor(), POLLIN, {&EventLoop::on_child, nullptr});
  poll_for(parts_.keys.descriptor(), POLLIN, {&EventLoop::on_hang_up, nullptr});
  poll_awaited_deaths();
  const auto time = static_cast<int>(sleep_time().count());
  if (::poll(polled_.data(), polled_.size(), time) < 0) return;

  parts_.log.flush();
  parts_.watches.look_at_memory();
  parts_.watches.look_at_scratch();
  parts_.long_runs.look();
  for (std::size_t i = 0; i < polled_.size(); ++i) {
    const auto [handle, subject] = handlers_[i];
    if (polled_[i].revents != 0 && handle != nullptr) (this->*handle)(subject);
  }
  parts_.finisher.finish_dead();
  parts_.fleet.remove_finished();
  parts_.watches.look_at_answers();
  parts_.finisher.clear_slots();
  if (parts_.server.take_sent()) parts_.long_runs.on_server_told();
  if (parts_.removals != nullptr) parts_.removals->begin(Clock::now());
}

void EventLoop::poll_for(int descriptor, short events, Handler handler) {
  polled_.push_back({descriptor, events, 0});
  handlers_.push_back(handler);
}

void EventLoop::poll_logs() {
  for (const auto& zygote : parts_.fleet.all()) {
    poll_for(zygote->log().descriptor(), POLLIN, {&EventLoop::on_log, &zygote->log()});
  }
}

void EventLoop::poll_proofs() {
  for (const auto& zygote : parts_.fleet.all()) {
    Cell* cell = parts_.prover.cell_of(*zygote);
    if (cell == nullptr) continue;
    poll_for(cell->reply.read_end.get(), POLLIN, {&EventLoop::on_proof_readable, cell});
    if (cell->proof->unsent.empty()) continue;
    poll_for(cell->request.write_end.get(), POLLOUT, {&EventLoop::on_proof_writable, cell});
  }
}

void EventLoop::poll_zygotes() {
  for (const auto& zygote : parts_.fleet.all()) {
    if (zygote->state == ZygoteState::ended) continue;
    poll_for(zygote->control(), POLLIN, {&EventLoop::on_zygote, zygote.get()});
  }
}

// Twice where something waits to be sent: what it ordered is handled whether it has room or not.
void EventLoop::poll_server() {
  const int socket = parts_.server.descriptor();
  poll_for(socket, POLLIN, {&EventLoop::on_order, nullptr});
  if (parts_.server.has_unsent()) {
    poll_for(socket, POLLOUT, {&EventLoop::on_room_for_server, nullptr});
  }
}

// They only wake the loop: it looks at all that are awaited in each turn.
void EventLoop::poll_awaited_deaths() {
  for (const protocol::CellId id : parts_.finisher.awaited()) {
    if (const Cell* cell = parts_.cells.find(id)) {
      poll_for(cell->process.descriptor(), POLLIN, {nullptr, nullptr});
    }
  }
}

void EventLoop::on_log(void* log) { static_cast<JailLog*>(log)->read(); }

// A proof that has just failed, or held, is not looked at again: then no zygote has this cell under
// inspection, and the cell itself may be gone.
bool EventLoop::is_under_way(const Cell* cell) const {
  return std::ranges::any_of(parts_.fleet.all(), [&](const auto& zygote) {
    return parts_.prover.cell_of(*zygote) == cell;
  });
}

void EventLoop::on_proof_readable(void* cell) {
  auto* const inspected = static_cast<Cell*>(cell);
  if (is_under_way(inspected)) parts_.prover.on_readable(*inspected);
}

void EventLoop::on_proof_writable(void* cell) {
  auto* const inspected = static_cast<Cell*>(cell);
  if (is_under_way(inspected)) parts_.prover.on_writable(*inspected);
}

void EventLoop::on_zygote(void* zygote) {
  auto* const reporting = static_cast<ZygoteProcess*>(zygote);
  if (reporting->state != ZygoteState::ended) parts_.zygotes.on_readable(*reporting);
}

void EventLoop::on_order(void*) { parts_.orders.on_readable(); }

void EventLoop::on_room_for_server(void*) { parts_.server.send_rest(); }

void EventLoop::on_child(void*) { parts_.children.on_readable(); }

void EventLoop::on_hang_up(void*) { parts_.keys.on_readable(); }

std::chrono::milliseconds EventLoop::sleep_time() const {
  auto time = parts_.watches.time_to_next_look();
  if (const auto look = parts_.long_runs.time_to_next_look()) time = std::min(time, *look);
  if (parts_.log.pending()) time = std::min(time, LogOutput::kFlushPause);
  if (parts_.finisher.awaits_deaths()) time = std::min(time, kDeathPause);
  return time;
}

}  // namespace forkjail::supervisor
