// Makes the scheduler look once more whose turn it is where a thread waits for its processor.
//
// Linux 6.6 and later (EEVDF) may give an idle group its turn although a thread that is not idle
// waits beside it: if that one has had its fair share for the moment. They look again at the next
// tick, up to 4 ms later. A thread whose niceness changes while it waits is compared with the
// running one at once (setpriority(2)). One that becomes nicer while it runs may lose its
// processor, so niceness goes down here step by step. Needs CAP_SYS_NICE.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace forkjail::supervisor {

// At the first threads of a control group, of which `threads_file` is the list. A few microseconds
// for each; the group that has more of them does not wait for one tick. `usual`: the niceness
// that they have by themselves.
Status look_again(const std::string& threads_file, int usual);

// At a process of one thread that lives on: our parent, as long as it is that.
class ParentLook {
 public:
  // Its niceness counts against ours, since we are in one control group. After so many steps it
  // weighs twice as much as we do.
  static constexpr int kStepsMax = 3;

  ParentLook();
  // It may wait. Nothing is done after kStepsMax steps, until it was seen asleep.
  Status take();
  // It has its usual niceness back, if it sleeps.
  Status recover();

 private:
  [[nodiscard]] bool sleeps() const;
  Status set_steps(int steps);

  pid_t parent_;
  int usual_;
  int steps_ = 0;
};

}  // namespace forkjail::supervisor
