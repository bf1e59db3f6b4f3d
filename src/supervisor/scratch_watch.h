// Where no tmpfs bounds what a run keeps in files: looks at every cell's directory in turn and says
// which is over its limits. A look is exact, for the cell is stopped while it lasts (else a script
// moves its files out of its way), and is done in slices, between which the supervisor's loop does
// everything else: what a script makes there costs others no time.
//
// Most cells have made no file: the times of their directories show it, and they are neither
// stopped nor looked through. Between two looks a script can keep writing, so it can exceed the
// limits by what it writes in that time.
//
// Supervisor, in its loop.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "protocol/supervisor_channel.h"
#include "supervisor/cell_process.h"
#include "supervisor/scratch_usage.h"

namespace forkjail::supervisor {

class ScratchWatch {
 public:
  using Clock = std::chrono::steady_clock;

  static constexpr std::chrono::milliseconds kPause{50};  // between two rounds
  static constexpr int kLookPause = 4;                    // times as long as the last look took
  static constexpr std::size_t kEntriesPerTurn = 256;     // half a millisecond

  // A cell that lives. The pointer is to hold for the turn alone.
  struct Subject {
    protocol::CellId id = 0;
    std::string directory;
    const CellProcess* process = nullptr;
  };
  struct Verdict {
    protocol::CellId cell = 0;
    protocol::ScratchExcess excess{};
  };

  // When turn() is to be called next.
  [[nodiscard]] Clock::time_point next_turn() const { return next_turn_; }

  // One slice of work. `subjects`: all cells that live, by rising id. Empty if no cell was found to
  // be over its limits; one that was may be left stopped and is not looked at again: the caller
  // kills it.
  std::optional<Verdict> turn(const std::vector<Subject>& subjects);

 private:
  // Of a cell that was seen in an earlier round.
  struct Known {
    std::optional<ScratchStamp> empty_since;
    bool judged = false;
  };
  struct Look {
    protocol::CellId cell;
    ScratchLook look;
    Clock::duration time{};  // that it took so far
  };

  void begin_round(const std::vector<Subject>& subjects);
  std::optional<Verdict> visit(const Subject& subject);
  std::optional<Verdict> go_on_looking(const std::vector<Subject>& subjects);
  std::optional<Verdict> judge(const Subject& subject, const ScratchUsage& usage);
  [[nodiscard]] bool is_quiet(const Subject& subject);

  std::map<protocol::CellId, Known> known_;
  std::deque<protocol::CellId> round_;  // still to be visited
  std::optional<Look> look_;
  Clock::time_point next_turn_;
  bool unseen_was_said_ = false;
};

}  // namespace forkjail::supervisor
