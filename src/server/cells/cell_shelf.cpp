#include "server/cells/cell_shelf.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "server/cells/cell_supply.h"

namespace forkjail::server {
namespace {

constexpr std::uint32_t kFailuresUntilNotReady = 3;
constexpr std::uint32_t kZygoteFailuresUntilLasting = 2;
constexpr std::chrono::milliseconds kDeferral{25};  // longer than a short run takes

}  // namespace

CellShelf::CellShelf(const Executor& executor, protocol::Flavour flavour,
                     std::uint32_t parked_target, const MakingTimes& times, CellMaker& maker,
                     ShelfOwner& owner)
    : executor_(executor),
      flavour_(flavour),
      parked_target_(parked_target),
      times_(times),
      maker_(maker),
      owner_(owner),
      backoff_(executor, [this] { owner_.refill(); }),
      deferral_(executor, [this] { replace_not_come_back(); }),
      overdue_(executor, [this] { end_overdue(); }),
      late_orders_(executor, [this] { refill_if_late(); }) {}

CellLease CellShelf::take() {
  if (parked_.empty()) return {};
  Member& member = members_.at(next_parked());
  std::erase(parked_, member.cell->id());
  move(member, Stage::in_use);
  member.taken = Clock::now();
  member.cell->observe(nullptr);
  member.cell->decoder().start_run();
  CellLease lease(*this, member.cell);
  deferral_.set_after(kDeferral);
  owner_.refill();
  return lease;
}

protocol::CellId CellShelf::next_parked() const {
  return flavour_ == protocol::Flavour::light ? parked_.back() : parked_.front();
}

std::optional<std::string> CellShelf::fault() const {
  if (failures_in_row_ >= kFailuresUntilNotReady || (!zygote_ready_ && failures_in_row_ > 0)) {
    return "no cell can be started: " + failure_;
  }
  if (ordered_ > 0 && Clock::now() - owed_since_ > times_.answer_max) {
    return "no cell can be started: the supervisor does not answer";
  }
  return std::nullopt;
}

std::optional<std::string> CellShelf::lasting_fault() const {
  return zygote_failures_in_row_ >= kZygoteFailuresUntilLasting ? fault() : std::nullopt;
}

std::string CellShelf::waits_for() const {
  return zygote_ready_ ? "the first cell is starting" : "the zygote is starting";
}

bool CellShelf::warm() const {
  // A session keeps its cell for hours, whatever has been warmed since.
  const bool is_held = is_session(flavour_);
  const auto is_current = [this, is_held](const auto& entry) {
    const Member& member = entry.second;
    return member.generation == generation_ || (is_held && member.stage == Stage::in_use);
  };
  return zygote_ready_ && warm_up_ == protocol::WarmUp::whole &&
         std::ranges::all_of(members_, is_current);
}

CellCounts CellShelf::counts() const {
  return {.making = ordered_ + count(Stage::warming),
          .parked = count(Stage::parked),
          .in_use = count(Stage::in_use),
          .dying = count(Stage::dying),
          .started = started_,
          .failed = failed_,
          .zygote_failures = zygote_failures_};
}

void CellShelf::move(Member& member, Stage stage) {
  --at_stage_.at(static_cast<std::size_t>(member.stage));
  ++at_stage_.at(static_cast<std::size_t>(stage));
  member.stage = stage;
}

void CellShelf::forget(protocol::CellId id) {
  const auto found = members_.find(id);
  --at_stage_.at(static_cast<std::size_t>(found->second.stage));
  members_.erase(found);
}

std::uint32_t CellShelf::parked_of_current_zygote() const {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      parked_, [this](protocol::CellId id) { return members_.at(id).generation == generation_; }));
}

void CellShelf::on_zygote_ready(protocol::WarmUp warm_up) {
  ++generation_;
  warm_up_ = warm_up;
  zygote_ready_ = true;
  zygote_failures_in_row_ = 0;
  failures_in_row_ = 0;
  next_spawn_ = {};
  owner_.refill();
}

void CellShelf::on_zygote_failed(std::string why) {
  zygote_ready_ = false;
  ++zygote_failures_;
  ++zygote_failures_in_row_;
  failures_in_row_ = std::max(failures_in_row_, 1U);
  failure_ = std::move(why);
  spdlog::error("{} zygote failed: {}", name_of(flavour_), failure_);
}

void CellShelf::on_spare_zygote_failed(const std::string& why) {
  ++zygote_failures_;
  spdlog::error("{} zygote failed, and another one keeps serving: {}", name_of(flavour_), why);
}

void CellShelf::on_cell_started(protocol::CellId id, pid_t pid, CellPipeFds fds) {
  take_answer();
  ++started_;
  auto cell = Cell::make(executor_, id, pid, std::move(fds));
  if (!cell) {
    maker_.end(id);  // its cell_ended finds no member and is ignored
    return count_failure(cell.error().to_string());
  }
  Member& member = members_[id];
  member = {*cell, Stage::warming, generation_, Clock::now()};
  ++at_stage_.at(static_cast<std::size_t>(Stage::warming));
  member.cell->observe(this);
  member.cell->await_readable(CellPipe::reply);
  overdue_.set_after(times_.warming_max);
}

std::uint32_t CellShelf::late() const {
  return ordered_ > 0 && Clock::now() - owed_since_ > times_.answer_usual ? ordered_ : 0;
}

void CellShelf::take_answer() {
  if (ordered_ > 0) --ordered_;
  owed_since_ = Clock::now();
}

void CellShelf::on_spawn_failed(const Error& error) {
  take_answer();
  count_failure(error.to_string());
}

void CellShelf::on_cell_ended(protocol::CellId id, const CellEnd& end) {
  const Member& member = members_.at(id);
  const std::shared_ptr<Cell> cell = member.cell;
  if (member.stage == Stage::warming || member.stage == Stage::parked) {
    std::erase(parked_, id);
    cell->close_pipes();
    count_failure("a waiting cell ended by itself");
  }
  forget(id);
  cell->set_gone();
  cell->set_end(end);
  owner_.refill();
}

void CellShelf::on_memory_limited(protocol::CellId id) {
  const std::shared_ptr<Cell> cell = members_.at(id).cell;
  cell->memory_limited();
}

void CellShelf::on_memory_measured(protocol::CellId id, const MemoryNow& now) {
  const std::shared_ptr<Cell> cell = members_.at(id).cell;
  cell->memory_measured(now);
}

void CellShelf::on_readable(Cell& cell, CellPipe pipe) {
  const auto found = members_.find(cell.id());
  if (found == members_.end()) return;
  Member& member = found->second;
  if (member.stage == Stage::warming && pipe == CellPipe::reply) return read_warming(cell);
  if (member.stage == Stage::parked) check_parked(member, pipe);
}

// A parked cell is silent. If anything comes, an end of file or a byte, the cell is not trusted.
// But the pipe is read before the cell is judged: the loop may deliver a queued event of a closed
// descriptor to the descriptor that was registered in its place.
void CellShelf::check_parked(Member& member, CellPipe pipe) {
  Cell& cell = *member.cell;
  std::array<std::byte, 1> byte{};
  const auto found = cell.read(pipe, byte);
  if (found.bytes == 0 && !found.ended) return cell.await_readable(pipe);
  discard_parked(cell.id());
  count_failure("a parked cell died");
}

void CellShelf::read_warming(Cell& cell) {
  std::array<std::byte, 512> buffer;  // NOLINT(*-member-init): read() fills it
  const auto read = cell.read(CellPipe::reply, buffer);
  cell.decoder().feed(std::span(buffer).first(read.bytes));
  Member& member = members_.at(cell.id());
  const auto state = cell.decoder().state();
  if (state == protocol::ReplyDecoder::State::parked) return park(member);
  if (state == protocol::ReplyDecoder::State::warming && !read.ended) {
    return cell.await_readable(CellPipe::reply);
  }
  end(member);
  cell.close_pipes();
  if (state == protocol::ReplyDecoder::State::setup_failed) {
    const auto& failure = cell.decoder().setup_failure();
    return count_failure(Error{failure.step.data(), failure.sys_errno, {}}.to_string());
  }
  count_failure("a cell died during setup");
}

// Ends cells that do not get ready: each holds one of the few places in the making. Their pipes are
// read first, since it may be this process that was late.
void CellShelf::end_overdue() {
  if (closed_) return;
  const auto deadline = Clock::now() - times_.warming_max;
  std::vector<std::shared_ptr<Cell>> overdue;
  for (const auto& [id, member] : members_) {
    if (member.stage == Stage::warming && member.started <= deadline)
      overdue.push_back(member.cell);
  }
  for (const auto& cell : overdue) {
    read_warming(*cell);
    const auto found = members_.find(cell->id());
    if (found == members_.end() || found->second.stage != Stage::warming) continue;
    end(found->second);
    cell->close_pipes();
    count_failure("a cell was not ready in time");
  }
  if (count(Stage::warming) > 0) overdue_.set_after(times_.warming_max);
}

void CellShelf::park(Member& member) {
  move(member, Stage::parked);
  ever_parked_ = true;
  failures_in_row_ = 0;
  parked_.push_back(member.cell->id());
  // Waiting on all pipes from here on: a run then needs no call to begin listening.
  for (const CellPipe pipe : kCellPipes) member.cell->await_readable(pipe);
  retire_one_old_cell();
  owner_.refill();
  owner_.on_parked();
  if (is_session(flavour_) || parked_target_ == 0) end_surplus();
}

// A session's cell is three processes, and a cell that was ordered for a request which has found
// another meanwhile is not taken. Nor is one that was ordered before nothing was offered any more.
void CellShelf::end_surplus() {
  if (parked_.size() <= parked_target_ + waiting_) return;
  discard_parked(parked_.front());
}

// Cells of an earlier zygote are replaced one by one, so that the pool never runs dry and the old
// zygote, with its hash seed and layout, can end.
void CellShelf::retire_one_old_cell() {
  const auto old = std::ranges::find_if(
      parked_, [this](protocol::CellId id) { return members_.at(id).generation != generation_; });
  if (old != parked_.end()) discard_parked(*old);
}

void CellShelf::discard_parked(protocol::CellId id) {
  std::erase(parked_, id);
  Member& member = members_.at(id);
  end(member);
  member.cell->close_pipes();
}

void CellShelf::end(Member& member) {
  if (member.stage == Stage::dying) return;
  move(member, Stage::dying);
  maker_.end(member.cell->id());
}

void CellShelf::give_back(Cell& cell) {
  cell.observe(nullptr);
  cell.close_pipes();
  const auto found = members_.find(cell.id());
  if (found != members_.end()) end(found->second);
  owner_.refill();
}

void CellShelf::count_failure(std::string why) {
  ++failed_;
  ++failures_in_row_;
  failure_ = std::move(why);
  const auto pause = pause_after(failures_in_row_);
  spdlog::warn("cell: {}; next attempt in {} ms", failure_, pause.count());
  next_spawn_ = Clock::now() + pause;
  owner_.refill();
}

std::uint32_t CellShelf::wanted() {
  const auto now = Clock::now();
  const std::uint32_t count = cells_wanted({.can_make = zygote_ready_ && !closed_,
                                            .target = parked_target_,
                                            .waiting = waiting_,
                                            .parked = parked_of_current_zygote(),
                                            .making = ordered_ + this->count(Stage::warming),
                                            .just_taken = just_taken(now)});
  if (count == 0 || now >= next_spawn_) return count;
  backoff_.set(next_spawn_);
  return 0;
}

void CellShelf::order(std::uint32_t count) {
  if (count == 0) return;
  if (ordered_ == 0) owed_since_ = Clock::now();
  for (std::uint32_t i = 0; i < count; ++i) {
    ++ordered_;
    maker_.spawn(flavour_);
  }
  late_orders_.set_after(late_after());
}

// Orders that are late leave their places in the making to the other flavours (cell_supply.h), and
// no event tells of that moment: a request that waits there must not depend on another's.
void CellShelf::refill_if_late() {
  if (closed_ || ordered_ == 0) return;
  if (late() == 0) return late_orders_.set_after(late_after());
  owner_.refill();
}

std::uint32_t CellShelf::just_taken(Clock::time_point now) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(members_, [now](const auto& entry) {
    return entry.second.stage == Stage::in_use && now < entry.second.taken + kDeferral;
  }));
}

void CellShelf::replace_not_come_back() {
  if (closed_) return;
  if (just_taken(Clock::now()) > 0) deferral_.set_after(kDeferral);
  owner_.refill();
}

}  // namespace forkjail::server
