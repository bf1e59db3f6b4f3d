// The cell of a session as the server holds it: orders to its keeper, and what the keeper reports
// (protocol/keeper_channel.h). A run in it is a Run like any other, given this as its CellHold; one
// at a time. Owned by the session.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/keeper_channel.h"
#include "server/cells/cell_hold.h"
#include "server/cells/cell_lease.h"
#include "server/cells/memory_now.h"

namespace forkjail::server {

// Told from the loop, never from inside a call into the SessionCell but catch_up() and lose().
class SessionListener {
 public:
  virtual void on_kept(protocol::StateId state) = 0;
  virtual void on_keep_failed(protocol::StateId state, int sys_errno) = 0;
  virtual void on_state_lost(protocol::StateId state) = 0;
  virtual void on_went_back(protocol::StateId state) = 0;
  virtual void on_at(protocol::StateId state) = 0;  // the answer to go_to()
  virtual void on_settled() = 0;                    // is_settled() from now on
  virtual void on_memory(const MemoryNow& now) = 0;
  // Nothing of the session is left, or soon will be: its keeper is gone.
  virtual void on_gone() = 0;

 protected:
  ~SessionListener() = default;
};

class SessionCell final : public CellHold {
 public:
  // `lease`: a parked cell of Flavour::session. `listener` outlives it.
  SessionCell(CellLease lease, SessionListener& listener);
  ~SessionCell();
  SessionCell(const SessionCell&) = delete;
  SessionCell& operator=(const SessionCell&) = delete;

  // Before anything else. Errors: the loop takes no more descriptors; then the cell is of no use.
  Status begin();

  // What the next Run starts from, what its state is called, and its CPU time, beyond which the
  // keeper ends it. With new_state == from no state is made: for what changes nothing.
  struct RunPlan {
    protocol::StateId from = protocol::kFirstState;
    protocol::StateId new_state = 0;
    std::chrono::milliseconds cpu_time{};
    // The end of the run tells the peak of the session's memory since the last measure before it.
    bool measures_peak = false;
  };
  void plan_run(const RunPlan& plan);
  // Why the last run was not begun: ESRCH, there is no such state; else why it could not be woken.
  // 0: it was.
  [[nodiscard]] int refusal() const { return refusal_; }

  // Whether nothing is computed on behalf of the last run any more: the script has returned and its
  // state is kept, or what took its place is there.
  [[nodiscard]] bool is_settled() const { return settled_; }
  // Ends the last run if the keeper has not reported its end, though the reply is there.
  void stop_unreturned();

  // The state whose process runs requests now, as far as is known.
  [[nodiscard]] protocol::StateId at() const;

  // Reads the reports that have come; the listener is told from within.
  void catch_up() { read_reports(); }
  void drop(protocol::StateId state);
  void go_to(protocol::StateId state);
  void go_to_for_next_run(protocol::StateId state);  // plan_run() follows its answer
  void measure_memory();                             // on_memory() follows
  // Whether all that was asked for has come.
  [[nodiscard]] bool is_measured() const { return measures_answered_ == measures_asked_; }
  [[nodiscard]] bool gone() const { return gone_; }
  // Ends everything of it; nothing more is told.
  void end();
  // It is of no use any more: ends it, and tells on_gone() at once.
  void lose();

  // CellHold
  [[nodiscard]] Cell& cell() const override { return lease_.cell(); }
  [[nodiscard]] std::string ahead_of_request(std::uint64_t bytes) override;
  void on_request_written() override;
  void end_run() override;
  [[nodiscard]] std::optional<CellEnd> end_of_run() const override;
  // The session's own limit was set when it began.
  void limit_memory(std::uint64_t bytes) override;
  void run_lasts() override;
  void run_waits() override;
  // A run that replies is over once the session has settled.
  void long_run_over() override {
    if (settled_) give_place_back();
  }

 private:
  void read_reports();
  void on_report(const protocol::KeeperReport& report);
  void on_run_over(const protocol::KeeperReport& report);
  [[nodiscard]] bool has_replied() const { return cell().decoder().reply_complete(); }
  void set_end(const CellEnd& end);
  void settle();
  void give_place_back();
  void leave_state_without_reply();
  void on_measured(const MemoryNow& now);
  void order(const protocol::KeeperOrder& order);

  CellLease lease_;
  SessionListener& listener_;
  std::array<std::byte, sizeof(protocol::KeeperReport)> report_{};
  std::size_t report_filled_ = 0;
  std::uint64_t run_ = 0;  // its number
  RunPlan plan_;
  protocol::StateId at_ = protocol::kFirstState;  // as last reported
  bool run_over_ = true;                          // likewise
  bool has_returned_ = false;                     // the head waits again: it has sent its reply
  bool settled_ = true;
  bool is_long_ = false;  // the supervisor knows it as a long run
  bool writing_ = false;  // a request is on its way: nothing may come between its pieces
  std::vector<protocol::KeeperOrder> held_orders_;  // until it is written
  int refusal_ = 0;
  std::optional<CellEnd> end_to_judge_;  // until the memory is measured
  bool kill_to_judge_ = false;           // whether memory was its reason is what that tells
  // Of measure_memory(), whose answers come in order: one that was asked for before the run ended
  // does not tell why it did, but may have taken the count of a kill.
  std::uint64_t measures_asked_ = 0;
  std::uint64_t measures_answered_ = 0;
  std::uint64_t judged_by_ = 0;
  protocol::MemoryKill kill_since_begin_{};  // of the run
  std::uint64_t peak_since_begin_ = 0;       // likewise
  bool gone_ = false;
};

}  // namespace forkjail::server
