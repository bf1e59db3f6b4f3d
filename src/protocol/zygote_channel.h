// The messages between the supervisor and one zygote, over one SOCK_SEQPACKET pair.
#pragma once

#include <cstdint>

namespace forkjail::protocol {

enum class ZygoteVerb : std::uint32_t {
  // zygote -> supervisor
  ready = 1,  // can clone, with one thread; trailing text: protocol/zygote_report.h, without layers
  failed = 2,  // trailing text: why; the zygote ends
  cloned = 3,  // descriptor: a pidfd of the cell; without pidfds in the kernel, `pid`
  clone_failed = 4,
  exited = 5,  // the cell is dead, and reaped if it has a pidfd
  // supervisor -> zygote
  clone = 6,  // descriptors: CloneFd order
  reap = 7,   // an exited cell without a pidfd: its pid is not used any more
};

// Order of the descriptors beside `clone`. The cell's ends, then what attaches it to its cgroup.
enum CloneFd : std::uint8_t {
  kRequestRead,
  kReplyWrite,
  kStdoutWrite,
  kStderrWrite,
  kCloneFdCount,  // from here on: files to join cgroups by, opened by the supervisor; the cell
                  // writes "0" to each, which moves it by the opener's right (cgroups(7), v1 and v2
                  // alike)
};

struct ZygoteMessage {
  ZygoteVerb verb{};
  std::int32_t sys_errno = 0;
  std::uint64_t cell = 0;
  std::uint32_t uid = 0;                   // clone: user and group of the cell, inside the jail
  std::int32_t wait_status = 0;            // exited
  std::int64_t pid = 0;                    // cloned without a pidfd; reap: of the cell
  std::uint64_t cpu_time_us = 0;           // exited
  std::uint64_t resident_peak_bytes = 0;   // exited
  std::uint64_t session_memory_bytes = 0;  // clone: what each state of a session may use beyond the
                                           // warm image; 0: a cell for one run
};

}  // namespace forkjail::protocol
