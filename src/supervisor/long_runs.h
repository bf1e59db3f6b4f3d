// Runs that last: how much CPU time they use, and that those which use much stand behind the others
// for the processor. A run begins with a burst of credit and gains a tenth of a processor as time
// passes: so one that computes all the time falls behind once, and one that gets less than that
// tenth comes to the front again. The server names a run once it has lasted for a moment, so that
// nothing is done for a short one; unless it seems to wait for a processor while another stands
// behind.
//
// Supervisor, in its loop. Each look is a few system calls for each run that lasts.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>

#include "base/cpu_credit.h"
#include "base/result.h"
#include "protocol/supervisor_channel.h"
#include "supervisor/cell_table.h"
#include "supervisor/clock.h"

namespace forkjail::supervisor {

class LongRuns {
 public:
  static constexpr std::chrono::milliseconds kPause{50};  // between two looks
  static constexpr CpuCredit::Terms kCredit{.burst = std::chrono::milliseconds(100),
                                            .gain_divisor = 10};

  // How it is done, apart from when.
  struct Calls {
    // Of all its processes; some of them may have ended since the last time.
    std::function<CpuCredit::Time(const Cell&)> cpu_time;
    // Where it stands from now on, with all that it starts.
    std::function<Status(const Cell&, bool behind)> put;
    // The scheduler compares its threads with what runs in their place (second_look.h).
    std::function<Status(const Cell&)> look_again;
    std::function<Status()> look_again_at_server;
    std::function<Status()> recover_server;  // from what these looks have changed
  };
  // `is_possible`: whether there is a place behind others. If not, nothing is ever looked at.
  LongRuns(bool is_possible, CellTable& cells, Calls calls, Now now)
      : is_possible_(is_possible), cells_(cells), calls_(std::move(calls)), now_(std::move(now)) {}

  // The run in this cell lasts.
  void begin(protocol::CellId id);
  // It is over, and its cell lives on: it goes back to where it was. Its credit is kept for the
  // next one that lasts, and grows meanwhile.
  void end(protocol::CellId id);
  // A short one seems to wait for a processor.
  void on_waiting(protocol::CellId id);
  // The server has just been told something. It may wait as well.
  void on_server_told();
  void look();
  // Empty: as long as the loop likes.
  [[nodiscard]] std::optional<std::chrono::milliseconds> time_to_next_look() const;

 private:
  struct Watched {
    CpuCredit credit{kCredit};
    bool is_behind = false;
    CpuCredit::Time used{};  // at the last look
    Clock::time_point looked{};
    bool runs = true;
  };
  void forget_gone();
  [[nodiscard]] bool one_runs() const;
  [[nodiscard]] bool one_is_behind() const;
  void look_at(const Cell& cell, Watched& watched);
  static void count(Watched& watched, Clock::duration passed, CpuCredit::Time used);
  void put(const Cell& cell, bool behind);
  void note_look(const Status& status);

  bool is_possible_;
  CellTable& cells_;
  Calls calls_;
  Now now_;
  std::map<protocol::CellId, Watched> watched_;
  Clock::time_point next_look_{};
  bool has_failed_ = false;  // to put one, and it was said
  bool look_has_failed_ = false;
};

}  // namespace forkjail::supervisor
