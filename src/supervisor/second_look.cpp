#include "supervisor/second_look.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/io.h"
#include "supervisor/group_threads.h"

namespace forkjail::supervisor {
namespace {

constexpr std::size_t kThreadsMax = 8;
// A run is looked at six times at most; after more, in a session, one look in nine goes upwards.
constexpr int kCellStepsMax = 8;
constexpr int kNicenessMin = -20;

// A thread that is gone needs none.
Status set_niceness(pid_t thread, int niceness) {
  if (::setpriority(PRIO_PROCESS, static_cast<id_t>(thread), niceness) == 0) return ok_status();
  return errno == ESRCH ? ok_status() : errno_error("setpriority");
}

Status look_at_thread(pid_t thread, int usual) {
  errno = 0;
  const int now = ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
  if (errno != 0) return errno == ESRCH ? ok_status() : errno_error("getpriority");
  const int least = std::max(usual - kCellStepsMax, kNicenessMin);
  return set_niceness(thread, now > least ? now - 1 : usual);
}

}  // namespace

Status look_again(const std::string& threads_file, int usual) {
  const auto threads = group_threads(threads_file);
  if (!threads) return threads.error();
  for (std::size_t i = 0; i < std::min(threads->size(), kThreadsMax); ++i) {
    if (auto status = look_at_thread((*threads)[i], usual); !status) return status;
  }
  return ok_status();
}

ParentLook::ParentLook() : parent_(::getppid()), usual_(::getpriority(PRIO_PROCESS, 0)) {}

Status ParentLook::take() { return steps_ < kStepsMax ? set_steps(steps_ + 1) : recover(); }

Status ParentLook::recover() { return steps_ > 0 && sleeps() ? set_steps(0) : ok_status(); }

// The state stands behind the name, which ends with the last bracket (proc_pid_stat(5)).
bool ParentLook::sleeps() const {
  const auto stat = read_file("/proc/" + std::to_string(parent_) + "/stat");
  if (!stat) return false;
  const auto name_end = stat->rfind(") ");
  return name_end != std::string::npos && stat->substr(name_end + 2).starts_with("S");
}

Status ParentLook::set_steps(int steps) {
  if (::getppid() != parent_) return ok_status();  // it is gone
  auto status = set_niceness(parent_, std::max(usual_ - steps, kNicenessMin));
  if (status) steps_ = steps;
  return status;
}

}  // namespace forkjail::supervisor
