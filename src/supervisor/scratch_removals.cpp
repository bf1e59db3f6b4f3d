#include "supervisor/scratch_removals.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

namespace forkjail::supervisor {
namespace {

constexpr int kDirectoryFd = 3;  // of a child, which has no other above its standard ones

// Not to be guessed: where all runs share a uid they may look names up that they cannot open.
Result<std::string> random_name() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return errno_error("getrandom");
  }
  std::string name = "removed-";
  for (const unsigned byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    name.push_back(kDigits[byte >> 4U]);
    name.push_back(kDigits[byte & 0xfU]);
  }
  return name;
}

// Read back: what a cell could pass would give it the files of the run before.
Status verify_closed(const UniqueFd& directory) {
  struct stat found{};
  if (::fstat(directory.get(), &found) != 0) return errno_error("stat the directory of removals");
  if (found.st_uid != ::geteuid() || (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{"directory of removals", 0, "it is open to others"};
  }
  return ok_status();
}

// An exit status has room for an errno and for no more.
int exit_status_of(const Status& status) {
  if (status.ok()) return 0;
  return std::clamp(status.error().sys_errno, 1, 255);
}

std::string reason_of(int wait_status) {
  if (WIFEXITED(wait_status)) return std::strerror(WEXITSTATUS(wait_status));
  return "its process was killed by signal " + std::to_string(WTERMSIG(wait_status));
}

}  // namespace

Result<std::unique_ptr<ScratchRemovals>> ScratchRemovals::make(const std::string& base,
                                                               std::size_t waiting_max,
                                                               RemoveTree remove_tree) {
  const auto name = random_name();
  if (!name) return name.error();
  const std::string path = base + "/" + *name;
  if (::mkdir(path.c_str(), S_IRWXU) != 0) return errno_error("mkdir " + path);
  UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.valid()) return errno_error("open " + path);
  if (auto status = verify_closed(directory); !status) return status.error();
  return std::unique_ptr<ScratchRemovals>(
      new ScratchRemovals(std::move(directory), waiting_max, std::move(remove_tree)));
}

Status ScratchRemovals::take(const std::string& path) {
  if (waiting() >= waiting_max_)
    return Error{"remove " + path, ENOBUFS, "too many removals are waiting"};
  return take_leftover(path);
}

Status ScratchRemovals::take_leftover(const std::string& path) {
  // Moving a directory changes its "..", for which it has to be our own where root may not pass
  // over modes.
  if (::fchownat(AT_FDCWD, path.c_str(), ::geteuid(), ::getegid(), AT_SYMLINK_NOFOLLOW) != 0) {
    return errno_error("take over " + path);
  }
  const std::string name = std::to_string(taken_ + 1);
  if (::renameat(AT_FDCWD, path.c_str(), directory_.get(), name.c_str()) != 0) {
    return errno_error("move " + path + " out of reach");
  }
  ++taken_;
  Tree tree;
  tree.name = name;
  waiting_.push_back(std::move(tree));
  return ok_status();
}

void ScratchRemovals::begin(Clock::time_point now) {
  const Effort effort = ScratchRemovals::effort(waiting(), waiting_max_);
  for (auto tree = waiting_.begin();
       tree != waiting_.end() && under_way_.size() < effort.children;) {
    if (tree->not_before > now) {
      ++tree;
      continue;
    }
    if (const auto started = start(*tree, effort.niceness); !started) {
      spdlog::warn("remove what a run left: {}", started.error().to_string());
      tree->not_before = now + kFirstPause;
      return;
    }
    tree = waiting_.erase(tree);
  }
}

Status ScratchRemovals::start(const Tree& tree, int niceness) {
  const pid_t pid = ::fork();
  if (pid < 0) return errno_error("fork");
  if (pid == 0) {
    ::setpriority(PRIO_PROCESS, 0, niceness);
    remove_as_child(tree.name);
  }
  under_way_[pid] = tree;
  return ok_status();
}

// Holds nothing of the supervisor's meanwhile: no end of a cell's pipe, none of the server's
// socket, and no descriptor that the limit on them would count.
void ScratchRemovals::remove_as_child(const std::string& name) const {
  if (::dup2(directory_.get(), kDirectoryFd) < 0) ::_exit(std::clamp(errno, 1, 255));
  if (::syscall(SYS_close_range, kDirectoryFd + 1, 0x7fffffff, 0) != 0) {
    ::_exit(std::clamp(errno, 1, 255));
  }
  ::_exit(exit_status_of(remove_tree_(kDirectoryFd, name)));
}

ScratchRemovals::Reaped ScratchRemovals::reaped(pid_t pid, int wait_status, Clock::time_point now) {
  auto found = under_way_.extract(pid);
  if (found.empty()) return Reaped::not_ours;
  if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0) return Reaped::removed;
  Tree& tree = found.mapped();
  const auto pause = std::min(kFirstPause * (1U << std::min(tree.failures, 10U)), kLastPause);
  ++tree.failures;
  tree.not_before = now + pause;
  spdlog::error("the files of a finished run are still there: {}; next attempt in {} s, {} waiting",
                reason_of(wait_status),
                std::chrono::duration_cast<std::chrono::seconds>(pause).count(), waiting() + 1);
  waiting_.push_back(std::move(tree));
  return Reaped::failed;
}

// The more waits, the more children work: a full backlog keeps the slots of cells that are gone. A
// small one can wait behind the runs; a large one cannot, or it would be full beside runs that
// compute.
ScratchRemovals::Effort ScratchRemovals::effort(std::size_t waiting, std::size_t waiting_max) {
  if (waiting * 4 <= waiting_max) return {.children = 1, .niceness = 5};
  if (waiting * 2 <= waiting_max) return {.children = 2, .niceness = 0};
  return {.children = 4, .niceness = 0};
}

}  // namespace forkjail::supervisor
