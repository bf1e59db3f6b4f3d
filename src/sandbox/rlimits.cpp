#include "sandbox/rlimits.h"

#include <sys/time.h>

#include <algorithm>

namespace forkjail::sandbox {

namespace {

// Lowering needs no privilege on Linux: a refusal means that the kernel does not have this limit.
bool is_unknown_here(const RlimitRow& row, const rlimit& lower) {
  return row.filter_stands_behind && ::setrlimit(row.resource, &lower) != 0 && errno == EPERM;
}

}  // namespace

Status set_cell_rlimits() {
  for (const RlimitRow& row : kCellRlimits) {
    rlimit inherited{};
    if (::getrlimit(row.resource, &inherited) != 0) {
      return errno_error("getrlimit " + std::string(row.name));
    }
    const rlim_t value = std::min(row.value, inherited.rlim_max);
    const rlimit limit{value, value};
    if (::setrlimit(row.resource, &limit) != 0 && !is_unknown_here(row, limit)) {
      return errno_error("setrlimit " + std::string(row.name));
    }
  }
  return ok_status();
}

Status set_cpu_limit(std::chrono::milliseconds cpu_time) {
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return errno_error("clock_gettime");
  const auto used_ms =
      std::chrono::seconds(used.tv_sec) +
      std::chrono::ceil<std::chrono::milliseconds>(std::chrono::nanoseconds(used.tv_nsec));
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(cpu_time + used_ms).count();
  rlimit limit{};
  if (::getrlimit(RLIMIT_CPU, &limit) != 0) return errno_error("getrlimit cpu");
  limit.rlim_max = std::min(limit.rlim_max, static_cast<rlim_t>(seconds));
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(RLIMIT_CPU, &limit) != 0) return errno_error("setrlimit cpu");
  return ok_status();
}

Status verify_cell_rlimits() {
  for (const RlimitRow& row : kCellRlimits) {
    rlimit limit{};
    if (::getrlimit(row.resource, &limit) != 0) {
      return errno_error("getrlimit " + std::string(row.name));
    }
    const bool too_high = limit.rlim_cur > row.value || limit.rlim_max > row.value;
    if (too_high && !is_unknown_here(row, {row.value, row.value})) {
      return Error{"verify rlimit " + std::string(row.name), 0, "too high"};
    }
  }
  return ok_status();
}

}  // namespace forkjail::sandbox
