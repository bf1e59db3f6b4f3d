// What the server and the supervisor say to each other over one SOCK_SEQPACKET pair. One struct a
// packet; descriptors ride beside it. The server asks, the supervisor obeys within its own bounds:
// it never takes a pid, a path or a limit above its maximum from the server.
#pragma once

#include <cstdint>

#include "protocol/flavour.h"

namespace forkjail::protocol {

// A cell of this service's life; never reused.
using CellId = std::uint64_t;

enum class ServerVerb : std::uint32_t {
  spawn = 1,  // make one cell of `flavour`; answered by cell_started or spawn_failed
  end = 2,    // kill the cell if it lives; its cell_ended follows once it is gone. Once a cell
  limit_memory = 3,  // value: bytes, below the configured limit; answered by memory_limited
};

struct ServerMessage {
  ServerVerb verb{};
  Flavour flavour{};  // spawn
  CellId cell = 0;
  std::uint64_t value = 0;
};

enum class SupervisorVerb : std::uint32_t {
  worker_ready = 1,    // trailing text: protocol/worker_report.h. Spawns of its flavour are obeyed
  worker_failed = 2,   // trailing text: why no zygote could be started; tried again by itself
  cell_started = 3,    // descriptors: CellFd order
  spawn_failed = 4,    // sys_errno; trailing text: the step
  cell_ended = 5,      // everything of the cell is gone; the evidence is below
  memory_limited = 6,  // sys_errno 0: the limit is in force
  spare_worker_failed = 7,  // as worker_failed, while another one goes on serving the flavour
  removal_failed = 8,  // the files of a finished run could not be removed; tried again by itself
  cannot_serve = 9,    // trailing text: what can never work here; the supervisor ends, and no try
                       // would help
};

// Order of the descriptors beside cell_started. The server's ends.
enum CellFd : std::uint8_t { kRequestWrite, kReplyRead, kStdoutRead, kStderrRead, kCellFdCount };

// Which limit on a cell's files it was killed for, where no tmpfs bounds them (base/limits.h).
enum class ScratchExcess : std::uint32_t { none = 0, bytes = 1, inodes = 2 };

// Whose memory had run out when a cell was killed for it.
enum class MemoryKill : std::uint32_t {
  none = 0,
  own_limit = 1,  // the run's own limit was reached
  outside = 2,    // it was not: a limit around the service was, or the machine's memory
};

struct SupervisorMessage {
  SupervisorVerb verb{};
  std::int32_t sys_errno = 0;
  CellId cell = 0;
  std::int32_t pid = 0;                 // cell_started: for reading its CPU clock, nothing else
  std::int32_t wait_status = 0;         // cell_ended: as wait4(2) gives it
  std::uint64_t cpu_time_us = 0;        // cell_ended: user + system of all its threads
  std::uint64_t memory_peak_bytes = 0;  // cell_ended
  MemoryKill memory_kill{};             // cell_ended
  std::uint32_t status_known = 0;       // cell_ended: 0 when the zygote died before it could tell
  ScratchExcess scratch_excess{};       // cell_ended
  Flavour flavour{};                    // all but cell_ended, memory_limited and removal_failed
};

}  // namespace forkjail::protocol
