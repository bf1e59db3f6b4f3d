// Makes the scheduler look once more whose turn it is where a thread waits for its processor.
//
// Linux 6.6 and later (EEVDF) take a thread of an idle group although one that is not idle waits
// beside it, whenever that one has just had its fair share, and look again at the next tick, up to
// 4 ms later. A thread whose niceness changes while it waits is compared with the running one at
// once (setpriority(2)). Its niceness counts within its own control group only.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.h"

namespace forkjail::supervisor {

// Each costs a few microseconds, and a thread that does not wait notices nothing. Need CAP_SYS_NICE
// where the thread is another user's. One that is gone is no error.
Status look_again(pid_t thread);
// `threads_file`: a control group's list of its threads.
Status look_again(const std::string& threads_file);

}  // namespace forkjail::supervisor
