// The cells of one flavour: how many are parked, when more are made, which are thrown away.
//
// A cell goes  spawn -> warming -> parked -> in use -> dying -> gone.  It counts as live until the
// supervisor reports that everything of it is gone. When more are made: cell_supply.h.
//
// A part of CellPool, which passes on what the supervisor reports and how much room there is.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "loop/alarm.h"
#include "loop/loop.h"
#include "protocol/flavour.h"
#include "protocol/warm_up.h"
#include "server/cells/cell.h"
#include "server/cells/cell_counts.h"
#include "server/cells/cell_lease.h"
#include "server/cells/cell_maker.h"
#include "server/cells/memory_now.h"

namespace forkjail::server {

// What a shelf needs of the pool that it is a part of.
class ShelfOwner {
 public:
  virtual void on_parked() = 0;  // a cell can be taken
  virtual void refill() = 0;     // a cell more may be wanted, or there is room for one

 protected:
  ~ShelfOwner() = default;
};

// How long the making of a cell may take, which takes milliseconds.
struct MakingTimes {
  // The zygote's, to clone one, on a busy machine. Beyond it the order is late.
  std::chrono::milliseconds answer_usual{250};
  // The supervisor's, to answer an order. It gives a zygote less than that and reports it
  // (supervisor/answer_watch.h). After it /ready reports that no cell can be started.
  std::chrono::milliseconds answer_max{8'000};
  // The cell's, until it is parked. Then it is ended: it holds one of the few places in the making.
  std::chrono::milliseconds warming_max{10'000};
};

class CellShelf final : private CellObserver {
 public:
  // `maker` and `owner` outlive the shelf. With a target of 0 there are no cells of this flavour.
  CellShelf(const Executor& executor, protocol::Flavour flavour, std::uint32_t parked_target,
            const MakingTimes& times, CellMaker& maker, ShelfOwner& owner);
  CellShelf(const CellShelf&) = delete;  // cells and leases point to it
  CellShelf& operator=(const CellShelf&) = delete;

  // A parked cell, or an empty lease. Of the light ones the newest, whose memory is in the
  // processor's caches still; of the full ones the oldest, since the pages that an idle one has
  // made its own (zygote/cell_main.cpp) spare numpy and pandas more than that.
  [[nodiscard]] CellLease take();
  // From now on so many are to be parked. With 0 none are made, and those that are parked go.
  void set_parked_target(std::uint32_t target) {
    parked_target_ = target;
    while (target == 0 && !parked_.empty()) discard_parked(parked_.front());
  }
  // Its zygote is gone for good: the next one is somebody else's.
  void on_zygote_withdrawn() {
    zygote_ready_ = false;
    ever_parked_ = false;
    failures_in_row_ = 0;
    zygote_failures_in_row_ = 0;
  }
  // How many requests wait for a cell; raises the supply while above zero.
  void set_waiting(std::uint32_t waiting) { waiting_ = waiting; }
  // How many cells are to be ordered now.
  [[nodiscard]] std::uint32_t wanted();
  void order(std::uint32_t count);
  // Orders nothing more.
  void close() { closed_ = true; }

  [[nodiscard]] protocol::Flavour flavour() const { return flavour_; }
  [[nodiscard]] bool offered() const { return parked_target() > 0; }
  [[nodiscard]] bool serves() const { return zygote_ready_ && ever_parked_; }
  // All cells are of a wholly warmed zygote.
  [[nodiscard]] bool warm() const;
  [[nodiscard]] bool in_demand() const { return waiting_ > 0; }
  // Why no cell can be made. Empty if it can be, or if it is only a matter of time.
  [[nodiscard]] std::optional<std::string> fault() const;
  // Likewise, once it did not help to try again.
  [[nodiscard]] std::optional<std::string> lasting_fault() const;
  [[nodiscard]] std::string waits_for() const;
  [[nodiscard]] CellCounts counts() const;
  // How many of those in the making were ordered and come late.
  [[nodiscard]] std::uint32_t late() const;
  // For sessions 0 until a zygote reports that it makes their cells, which not every place allows.
  [[nodiscard]] std::uint32_t parked_target() const {
    const bool waits = is_session(flavour_) && generation_ == 0;
    return waits ? 0 : parked_target_;
  }
  [[nodiscard]] bool holds(protocol::CellId id) const { return members_.contains(id); }

  // What the supervisor reports on this flavour, and on cells that it holds.
  void on_zygote_ready(protocol::WarmUp warm_up);
  void on_zygote_failed(std::string why);
  void on_spare_zygote_failed(const std::string& why);
  void on_cell_started(protocol::CellId id, pid_t pid, CellPipeFds fds);
  void on_spawn_failed(const Error& error);
  void on_cell_ended(protocol::CellId id, const CellEnd& end);
  void on_memory_limited(protocol::CellId id);
  void on_memory_measured(protocol::CellId id, const MemoryNow& now);

 private:
  friend class CellLease;

  enum class Stage { warming, parked, in_use, dying };
  static constexpr std::size_t kStages = static_cast<std::size_t>(Stage::dying) + 1;
  struct Member {
    std::shared_ptr<Cell> cell;
    Stage stage = Stage::warming;
    std::uint32_t generation = 0;  // of the zygote that made it
    Clock::time_point started{};
    Clock::time_point taken{};
  };

  // CellObserver, while a cell warms and parks.
  void on_readable(Cell& cell, CellPipe pipe) override;
  void on_request_writable(Cell&) override {}
  void on_ended(Cell&) override {}
  void on_memory_limited(Cell&) override {}

  void read_warming(Cell& cell);
  void check_parked(Member& member, CellPipe pipe);
  void park(Member& member);
  void end_overdue();
  void take_answer();
  [[nodiscard]] protocol::CellId next_parked() const;
  void retire_one_old_cell();
  void end_surplus();
  void discard_parked(protocol::CellId id);
  void end(Member& member);
  void give_back(Cell& cell);
  void count_failure(std::string why);
  void replace_not_come_back();
  void refill_if_late();
  [[nodiscard]] Clock::duration late_after() const {
    return times_.answer_usual + std::chrono::milliseconds(1);
  }
  void move(Member& member, Stage stage);
  void forget(protocol::CellId id);
  [[nodiscard]] std::uint32_t count(Stage stage) const {
    return at_stage_.at(static_cast<std::size_t>(stage));
  }
  [[nodiscard]] std::uint32_t parked_of_current_zygote() const;
  [[nodiscard]] std::uint32_t just_taken(Clock::time_point now) const;

  Executor executor_;
  protocol::Flavour flavour_;
  std::uint32_t parked_target_;
  MakingTimes times_;
  CellMaker& maker_;
  ShelfOwner& owner_;
  Alarm backoff_;      // refills, after failures
  Alarm deferral_;     // refills, for cells that did not come back meanwhile
  Alarm overdue_;      // ends cells that do not get ready
  Alarm late_orders_;  // refills, for other flavours
  std::map<protocol::CellId, Member> members_;
  std::array<std::uint32_t, kStages> at_stage_{};  // how many members are where
  std::deque<protocol::CellId> parked_;            // oldest first
  std::uint32_t ordered_ = 0;                      // spawns without an answer yet
  Clock::time_point owed_since_{};  // since when no answer came, while there are such
  std::uint32_t waiting_ = 0;
  std::uint32_t generation_ = 0;
  std::string failure_;  // the last reason, while failures_in_row_ > 0
  std::uint32_t failures_in_row_ = 0;
  Clock::time_point next_spawn_{};  // not before, after failures
  bool closed_ = false;
  bool zygote_ready_ = false;
  protocol::WarmUp warm_up_{};  // of the current zygote
  bool ever_parked_ = false;
  std::uint32_t zygote_failures_in_row_ = 0;
  std::uint64_t started_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t zygote_failures_ = 0;
};

}  // namespace forkjail::server
