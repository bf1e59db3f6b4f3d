#include "server/cell_pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace forkjail::server {
namespace {

constexpr std::uint32_t kFailuresUntilNotReady = 3;
constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLastPause{5'000};
constexpr std::chrono::milliseconds kDeferral{25};  // longer than a short run takes

std::chrono::milliseconds pause_after(std::uint32_t failures_in_row) {
  const auto doublings = std::min(failures_in_row, 8U) - 1;
  return std::min(kFirstPause * (1 << doublings), kLastPause);
}

}  // namespace

CellLease::CellLease(CellLease&& other) noexcept
    : pool_(std::exchange(other.pool_, nullptr)), cell_(std::move(other.cell_)) {}

CellLease& CellLease::operator=(CellLease&& other) noexcept {
  if (this != &other) {
    give_back();
    pool_ = std::exchange(other.pool_, nullptr);
    cell_ = std::move(other.cell_);
  }
  return *this;
}

void CellLease::end_cell() {
  const auto member = pool_->members_.find(cell_->id());
  if (member != pool_->members_.end()) pool_->end(member->second);
}

void CellLease::limit_memory(std::uint64_t bytes) {
  pool_->maker_.limit_memory(cell_->id(), bytes);
}

void CellLease::give_back() {
  if (!cell_) return;
  const std::shared_ptr<Cell> cell = std::move(cell_);
  cell_.reset();
  pool_->give_back(*cell);
}

CellPool::CellPool(const Executor& executor, const CellPoolConfig& config, CellMaker& maker)
    : executor_(executor),
      config_(config),
      maker_(maker),
      backoff_timer_(executor),
      deferral_timer_(executor) {}

CellLease CellPool::take() {
  if (parked_.empty()) return {};
  // The oldest: a cell that was idle for a while has warmed itself further (zygote/cell_main.cpp).
  Member& member = members_.at(parked_.front());
  parked_.pop_front();
  member.stage = Stage::in_use;
  member.cell->observe(nullptr);
  member.cell->decoder().start_run();
  CellLease lease(*this, member.cell);
  defer_refill();
  refill();
  return lease;
}

void CellPool::set_waiting(std::uint32_t waiting) {
  waiting_ = waiting;
  refill();
}

std::optional<std::string> CellPool::not_ready_reason() const {
  if (failures_in_row_ >= kFailuresUntilNotReady || (!worker_ready_ && failures_in_row_ > 0)) {
    return "no cell can be started: " + failure_;
  }
  if (!worker_ready_) return "the worker is starting";
  if (!ever_parked_) return "the first cell is starting";
  return std::nullopt;
}

CellPool::Counts CellPool::counts() const {
  return {.making = ordered_ + count(Stage::warming),
          .parked = count(Stage::parked),
          .in_use = count(Stage::in_use),
          .dying = count(Stage::dying),
          .started = started_,
          .failed = failed_,
          .worker_failures = worker_failures_};
}

std::uint32_t CellPool::count(Stage stage) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(
      members_, [stage](const auto& entry) { return entry.second.stage == stage; }));
}

std::uint32_t CellPool::count_current(Stage stage) const {
  return static_cast<std::uint32_t>(std::ranges::count_if(members_, [&](const auto& entry) {
    return entry.second.stage == stage && entry.second.generation == generation_;
  }));
}

void CellPool::on_worker_ready(protocol::WorkerReport report) {
  ++generation_;
  worker_ready_ = true;
  failures_in_row_ = 0;
  next_spawn_ = {};
  report_ = std::move(report);
  if (worker_) worker_(*report_);
  refill();
}

void CellPool::on_worker_failed(std::string why) {
  worker_ready_ = false;
  ++worker_failures_;
  failures_in_row_ = std::max(failures_in_row_, 1U);
  failure_ = std::move(why);
  spdlog::error("worker failed: {}", failure_);
}

void CellPool::on_cell_started(protocol::CellId id, pid_t pid, CellPipeFds fds) {
  if (ordered_ > 0) --ordered_;
  ++started_;
  auto cell = Cell::make(executor_, id, pid, std::move(fds));
  if (!cell) {
    maker_.end(id);  // its cell_ended finds no member and is ignored
    return count_failure(cell.error().to_string());
  }
  Member& member = members_[id];
  member = {*cell, Stage::warming, generation_};
  member.cell->observe(this);
  member.cell->await_readable(CellPipe::reply);
}

void CellPool::on_spawn_failed(const Error& error) {
  if (ordered_ > 0) --ordered_;
  count_failure(error.to_string());
}

void CellPool::on_cell_ended(protocol::CellId id, const CellEnd& end) {
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  Member& member = found->second;
  const std::shared_ptr<Cell> cell = member.cell;
  if (member.stage == Stage::warming || member.stage == Stage::parked) {
    std::erase(parked_, id);
    cell->close_pipes();
    count_failure("a waiting cell ended by itself");
  }
  members_.erase(id);
  cell->set_end(end);
  refill();
}

void CellPool::on_memory_limited(protocol::CellId id, int sys_errno) {
  if (sys_errno != 0) {
    // Not fatal: the cell's own rlimit holds the lower limit, its cgroup the configured one.
    spdlog::debug("lower memory limit of a cell: {}", std::strerror(sys_errno));
  }
  const auto found = members_.find(id);
  if (found == members_.end()) return;
  const std::shared_ptr<Cell> cell = found->second.cell;
  cell->memory_limited();
}

void CellPool::on_supervisor_lost(const Error& error) {
  worker_ready_ = false;
  failure_ = error.to_string();
  if (lost_) lost_(error);
}

void CellPool::on_readable(Cell& cell, CellPipe pipe) {
  const auto found = members_.find(cell.id());
  if (found == members_.end()) return;
  Member& member = found->second;
  if (member.stage == Stage::warming && pipe == CellPipe::reply) return hear_warming(cell);
  if (member.stage == Stage::parked) {
    // A parked cell is silent. Whatever came, an end of file or a word, it is not to be trusted.
    std::erase(parked_, cell.id());
    end(member);
    cell.close_pipes();
    count_failure("a parked cell died");
  }
}

void CellPool::hear_warming(Cell& cell) {
  std::array<std::byte, 512> buffer;
  const auto heard = cell.read(CellPipe::reply, buffer);
  cell.decoder().feed(std::span(buffer).first(heard.bytes));
  Member& member = members_.at(cell.id());
  const auto state = cell.decoder().state();
  if (state == ReplyDecoder::State::parked) return park(member);
  if (state == ReplyDecoder::State::warming && !heard.ended) {
    return cell.await_readable(CellPipe::reply);
  }
  end(member);
  cell.close_pipes();
  if (state == ReplyDecoder::State::setup_failed) {
    const auto& failure = cell.decoder().setup_failure();
    return count_failure(Error{failure.step.data(), failure.sys_errno, {}}.to_string());
  }
  count_failure("a cell died while it was set up");
}

void CellPool::park(Member& member) {
  member.stage = Stage::parked;
  ever_parked_ = true;
  failures_in_row_ = 0;
  parked_.push_back(member.cell->id());
  // Waiting on all pipes from here on: a run then needs no call to begin listening.
  for (const CellPipe pipe : kCellPipes) member.cell->await_readable(pipe);
  retire_one_old_cell();
  refill();
  if (available_) available_();
}

// Cells of an earlier worker are replaced one by one, so that the pool never runs dry and the old
// zygote, with its hash seed and layout, goes.
void CellPool::retire_one_old_cell() {
  const auto old = std::ranges::find_if(
      parked_, [this](protocol::CellId id) { return members_.at(id).generation != generation_; });
  if (old == parked_.end()) return;
  Member& member = members_.at(*old);
  parked_.erase(old);
  end(member);
  member.cell->close_pipes();
}

void CellPool::end(Member& member) {
  if (member.stage == Stage::dying) return;
  member.stage = Stage::dying;
  maker_.end(member.cell->id());
}

void CellPool::give_back(Cell& cell) {
  cell.observe(nullptr);
  cell.close_pipes();
  const auto found = members_.find(cell.id());
  if (found != members_.end()) end(found->second);
  refill();
}

void CellPool::count_failure(std::string why) {
  ++failed_;
  ++failures_in_row_;
  failure_ = std::move(why);
  const auto pause = pause_after(failures_in_row_);
  spdlog::warn("cell: {}; next one in {} ms", failure_, pause.count());
  next_spawn_ = Clock::now() + pause;
  refill();
}

std::uint32_t CellPool::wanted() const {
  const std::uint32_t coming = count_current(Stage::parked) + ordered_ + count(Stage::warming);
  const bool low = coming * 2 < config_.parked_target;
  const bool deferred = !low && Clock::now() < deferred_until_;
  const std::uint32_t lent = deferred ? count(Stage::in_use) : 0;
  const std::uint32_t have = coming + lent;
  const std::uint32_t target = config_.parked_target + waiting_;
  return target > have ? target - have : 0;
}

void CellPool::refill() {
  if (!worker_ready_ || closed_) return;
  const auto live = static_cast<std::uint32_t>(members_.size()) + ordered_;
  const std::uint32_t making = ordered_ + count(Stage::warming);
  if (live >= config_.cells_max || making >= config_.making_max) return;
  const std::uint32_t room = std::min(config_.cells_max - live, config_.making_max - making);
  const std::uint32_t n = std::min(wanted(), room);
  if (n == 0) return;
  if (Clock::now() < next_spawn_) return refill_later(next_spawn_);
  for (std::uint32_t i = 0; i < n; ++i) {
    ++ordered_;
    maker_.spawn();
  }
}

void CellPool::defer_refill() {
  deferred_until_ = Clock::now() + kDeferral;
  if (!deferring_) await_deferred_refill();
}

void CellPool::await_deferred_refill() {
  deferring_ = true;
  deferral_timer_.expires_at(deferred_until_);
  deferral_timer_.async_wait([this](const boost::system::error_code& ec) {
    deferring_ = false;
    if (ec || closed_) return;
    if (Clock::now() < deferred_until_) return await_deferred_refill();
    refill();
  });
}

void CellPool::refill_later(Clock::time_point when) {
  if (backing_off_) return;
  backing_off_ = true;
  backoff_timer_.expires_at(when);
  backoff_timer_.async_wait([this](const boost::system::error_code& ec) {
    backing_off_ = false;
    if (!ec) refill();
  });
}

}  // namespace forkjail::server
