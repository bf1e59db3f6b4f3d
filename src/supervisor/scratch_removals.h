// Removes what finished runs left. A tree is moved, in one step, into a directory that no
// cell can pass or name (root's own, mode 0700, its name a random number; where all runs share our
// uid, Landlock keeps them out of it), and from then on its slot may be given out again. What is in
// it, perhaps half a million files, is removed by child processes in their own time.
//
// Supervisor, in its loop. What waits is bounded: beyond that nothing is taken, and the caller
// keeps the slot back. The more waits, the more children work and the less they stand back for the
// runs.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail::supervisor {

class ScratchRemovals {
 public:
  using Clock = std::chrono::steady_clock;
  // tree_removal.h, or a test's.
  using RemoveTree = std::function<Status(int top, const std::string& name)>;

  static constexpr std::chrono::milliseconds kFirstPause{1'000};  // after a failure
  static constexpr std::chrono::milliseconds kLastPause{60'000};

  // Makes that directory below `base`. `waiting_max`: trees that may wait or be under way.
  static Result<std::unique_ptr<ScratchRemovals>> make(const std::string& base,
                                                       std::size_t waiting_max,
                                                       RemoveTree remove_tree);

  // Moves the directory `path` there; its cell is gone. ENOBUFS: too many wait.
  Status take(const std::string& path);
  // The same for what an earlier service left, however much waits.
  Status take_leftover(const std::string& path);

  // Starts the children that may start at `now`.
  void begin(Clock::time_point now);

  enum class Reaped { not_ours, removed, failed };
  // A child of this process ended so. What failed is logged, and tried again after a pause.
  Reaped reaped(pid_t pid, int wait_status, Clock::time_point now);

  // Trees that wait or are under way.
  [[nodiscard]] std::size_t waiting() const { return waiting_.size() + under_way_.size(); }

  // How many children may work when so much waits, and how far one that starts stands back.
  struct Effort {
    std::size_t children;
    int niceness;
    bool operator==(const Effort&) const = default;
  };
  [[nodiscard]] static Effort effort(std::size_t waiting, std::size_t waiting_max);

 private:
  struct Tree {
    std::string name;  // below the directory
    unsigned failures = 0;
    Clock::time_point not_before{};
  };

  ScratchRemovals(UniqueFd directory, std::size_t waiting_max, RemoveTree remove_tree)
      : directory_(std::move(directory)),
        waiting_max_(waiting_max),
        remove_tree_(std::move(remove_tree)) {}

  Status start(const Tree& tree, int niceness);
  [[noreturn]] void remove_as_child(const std::string& name) const;

  UniqueFd directory_;
  std::size_t waiting_max_;
  RemoveTree remove_tree_;
  std::uint64_t taken_ = 0;  // names the trees
  std::deque<Tree> waiting_;
  std::map<pid_t, Tree> under_way_;
};

}  // namespace forkjail::supervisor
