#include "base/cpu_clock.h"

#include <ctime>

namespace forkjail {

std::optional<std::chrono::microseconds> cpu_time_of(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  // MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED) of the kernel's ABI. clock_getcpuclockid() would do
  // the same sum and one more system call.
  const auto clock = static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3) | 2U);
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::microseconds>(
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace forkjail
