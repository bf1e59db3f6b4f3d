// The clock of the supervisor's loop, and how its parts ask for the time: a test passes its own.
#pragma once

#include <chrono>
#include <functional>

namespace forkjail::supervisor {

using Clock = std::chrono::steady_clock;
using Now = std::function<Clock::time_point()>;

}  // namespace forkjail::supervisor
