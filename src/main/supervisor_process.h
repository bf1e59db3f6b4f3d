// The supervisor as a separate process: the same binary, executed again, so that neither process
// knows the other's address space layout and the server can drop all privileges.
#pragma once

#include <sys/types.h>

#include <chrono>

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail {

class SupervisorProcess {
 public:
  SupervisorProcess() = default;
  SupervisorProcess(const SupervisorProcess&) = delete;
  SupervisorProcess& operator=(const SupervisorProcess&) = delete;

  // Executes `forkjail supervise` with this process's own flags. Returns the server's end of the
  // channel; when that is closed, the supervisor ends everything and exits.
  Result<UniqueFd> start(int argc, char** argv);

  // Waits until it has exited; false if that takes longer than `time_max`.
  bool wait(std::chrono::milliseconds time_max);

 private:
  pid_t pid_ = 0;  // 0: none, or reaped
};

}  // namespace forkjail
