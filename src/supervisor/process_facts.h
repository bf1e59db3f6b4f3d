// What /proc says of a process, for proving from outside that a layer is in force (proc(5)).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forkjail::supervisor {

struct ProcessFacts {
  uid_t real_uid = 0;
  uid_t effective_uid = 0;
  std::uint64_t capabilities = 0;  // permitted, effective, inheritable and ambient, or-ed
  std::uint64_t bounding_set = 0;
  std::optional<bool> no_new_privs;  // nothing: this kernel does not show it (gVisor)
  int seccomp_mode = 0;              // 2: filter
  int threads = 0;
};

// Pure: the text of /proc/PID/status.
Result<ProcessFacts> parse_status(std::string_view status);

Result<ProcessFacts> read_process_facts(pid_t pid);

// The identity of one namespace of a process, as /proc/PID/ns/NAME links to it: "pid:[4026531836]".
Result<std::string> namespace_of(pid_t pid, const std::string& name);

// Bytes of memory that a process has resident (proc_pid_statm(5)).
Result<std::uint64_t> resident_bytes(pid_t pid);

// /proc/PID/task/TID of a thread that has not ended. Where the main thread alone has, /proc/PID
// shows neither the memory nor the descriptors that the others still use. Empty if none lives.
std::optional<std::string> living_thread_directory(pid_t pid);

// Neither gone nor a corpse that waits to be reaped. A process lives as long as one of its threads:
// where the main thread alone has ended, /proc shows the state of a corpse.
bool is_alive(pid_t pid);

// It runs, waits for a processor, or for the kernel (a disk); neither stopped nor asleep.
bool is_at_work(pid_t pid);

// The parent of a process, alive or a corpse. Empty if it is gone, or cannot be looked at.
std::optional<pid_t> parent_of(pid_t pid);

// The pid of a pidfd as this process's /proc numbers it (pidfd_open(2), fdinfo). Errors: ESRCH when
// the process is gone.
Result<pid_t> pid_of(int pidfd);

}  // namespace forkjail::supervisor
