#include "supervisor/cgroup_cleaner.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/io.h"
#include "confine/process_flags.h"

namespace forkjail::supervisor {
namespace {

// child of the supervisor. It keeps none of the supervisor's descriptors, whose ends of file others
// wait for, and is killed with it.
[[noreturn]] void empty_group(const std::string& emptying_file) {
  ::syscall(SYS_close_range, 3, 0x7fffffff, 0);
  ::_exit(confine::die_with_parent().ok() && write_file(emptying_file, "0").ok() ? 0 : 1);
}

}  // namespace

void CgroupCleaner::stop() {
  waiting_.clear();
  for (const auto& [child, group] : being_emptied_) ::kill(child, SIGKILL);
  for (const auto& [child, group] : being_emptied_) ::waitpid(child, nullptr, 0);
  being_emptied_.clear();
}

void CgroupCleaner::take(std::string emptying_file, std::vector<CgroupDirectory> directories) {
  if (waiting_.size() >= kWaitingMax) return;  // `directories` are removed here
  waiting_.push_back({std::move(emptying_file), std::move(directories)});
  begin_next();
}

void CgroupCleaner::begin_next() {
  while (!waiting_.empty() && being_emptied_.size() < kAtOnceMax) {
    const pid_t child = ::fork();
    if (child == 0) empty_group(waiting_.front().emptying_file);
    // Without a process to do it the group is removed as it is.
    if (child > 0) being_emptied_.emplace(child, std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

void CgroupCleaner::reaped(pid_t pid) {
  if (being_emptied_.erase(pid) > 0) begin_next();
}

}  // namespace forkjail::supervisor
