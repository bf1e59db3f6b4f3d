#include "supervisor/time_slices.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <set>

#include "supervisor/group_threads.h"

namespace forkjail::supervisor {
namespace {

// A thread that had not its turn yet may have started others meanwhile. One that is faster than
// this keeps the slice that it has.
constexpr int kPassesMax = 4;

// The kernel's sched_attr, as it began: glibc before 2.41 has none, and the kernel's header does
// not go with that of glibc.
struct SchedulingAttributes {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t niceness;
  std::uint32_t priority;
  std::uint64_t runtime_ns;  // of the fair policies: the time slice
  std::uint64_t deadline_ns;
  std::uint64_t period_ns;
};
static_assert(sizeof(SchedulingAttributes) == 48);

// All else stays. A thread that is gone needs none.
Status set_time_slice(pid_t thread, TimeSlice slice) {
  SchedulingAttributes attributes{};
  if (::syscall(SYS_sched_getattr, thread, &attributes, sizeof attributes, 0) != 0) {
    return errno == ESRCH ? ok_status() : errno_error("sched_getattr");
  }
  attributes.runtime_ns = static_cast<std::uint64_t>(slice.count());
  if (::syscall(SYS_sched_setattr, thread, &attributes, 0) != 0 && errno != ESRCH) {
    return errno_error("sched_setattr");
  }
  return ok_status();
}

}  // namespace

Status set_time_slices(const std::string& threads_file, TimeSlice slice) {
  std::set<pid_t> done;
  for (int pass = 0; pass < kPassesMax; ++pass) {
    const auto threads = group_threads(threads_file);
    if (!threads) return threads.error();
    const auto before = done.size();
    for (const pid_t thread : *threads) {
      if (!done.insert(thread).second) continue;
      if (auto status = set_time_slice(thread, slice); !status) return status;
    }
    if (done.size() == before) break;
  }
  return ok_status();
}

}  // namespace forkjail::supervisor
