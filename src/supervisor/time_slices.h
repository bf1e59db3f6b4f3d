// How long each thread of a control group computes before the scheduler looks whose turn it is
// (sched_setattr(2), Linux 6.12; before that the kernel ignores it).
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"

namespace forkjail::supervisor {

// Zero: as long as this kernel thinks best.
using TimeSlice = std::chrono::nanoseconds;
inline constexpr TimeSlice kUsualTimeSlice{0};
inline constexpr TimeSlice kLongTimeSlice = std::chrono::milliseconds{20};

// `threads_file`: the group's list of its threads. What they start has the same slice. Needs
// CAP_SYS_NICE where they are another user's.
Status set_time_slices(const std::string& threads_file, TimeSlice slice);

}  // namespace forkjail::supervisor
