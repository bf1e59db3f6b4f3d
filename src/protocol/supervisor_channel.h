// The messages between server and supervisor, over one SOCK_SEQPACKET pair: one struct per packet,
// with descriptors beside it. The server sends orders; the supervisor carries them out within its
// own limits: it never takes a pid, a path or a limit above its maximum from the server.
#pragma once

#include <cstdint>

#include "protocol/flavour.h"

namespace forkjail::protocol {

// Identifies a cell during the life of the service; never reused.
using CellId = std::uint64_t;

enum class ServerVerb : std::uint32_t {
  spawn = 1,  // make one cell of `flavour`; answered by cell_started or spawn_failed
  end = 2,    // kill the cell if it lives; its cell_ended follows once it is gone. Once a cell
  limit_memory = 3,    // value: bytes, below the configured limit; answered by memory_limited
  measure_memory = 4,  // answered by memory_measured
  open_keys = 5,       // open the file of --keys again; answered by keys_opened
  offer = 6,           // of one owner's `flavour` a zygote is needed; zygote_ready follows
  withdraw = 7,        // it is not any more: ends it, and the cells that it has
  run_lasts = 8,       // the run in the cell is not a short one: short ones go ahead of it
  long_run_over = 9,   // after run_lasts, where the cell lives on
  run_waits = 10,  // for a processor, it seems, while others last: the scheduler is to look again
};

struct ServerMessage {
  ServerVerb verb{};
  Flavour flavour{};  // spawn, offer, withdraw
  CellId cell = 0;
  std::uint64_t value = 0;
};

enum class SupervisorVerb : std::uint32_t {
  zygote_ready = 1,   // trailing text: protocol/zygote_report.h. Spawns of its flavour are accepted
  zygote_failed = 2,  // trailing text: why no zygote could be started; it is retried
  cell_started = 3,   // descriptors: CellFd order
  spawn_failed = 4,   // sys_errno; trailing text: the step
  cell_ended = 5,     // everything of the cell is gone; the evidence is below
  memory_limited = 6,       // sys_errno 0: the limit is in force
  spare_zygote_failed = 7,  // as zygote_failed, while another one keeps serving the flavour
  removal_failed = 8,       // the files of a finished run could not be removed; it is retried
  cannot_serve = 9,      // trailing text: what can never work here; the supervisor ends, and no try
                         // would help
  memory_measured = 10,  // memory_bytes, memory_peak_bytes, memory_kill; sys_errno: not known
  keys_opened = 11,      // descriptor: the file of --keys, to be read; or sys_errno and none. Also
                         // without an order: after a SIGHUP
};

// Order of the descriptors beside cell_started. The server's ends.
enum CellFd : std::uint8_t { kRequestWrite, kReplyRead, kStdoutRead, kStderrRead, kCellFdCount };

// The limit on a cell's files for which it was killed, if no tmpfs enforces it (base/limits.h).
enum class ScratchExcess : std::uint32_t { none = 0, bytes = 1, inodes = 2 };

// Which memory limit had been reached when a cell was killed for lack of memory.
enum class MemoryKill : std::uint32_t {
  none = 0,
  own_limit = 1,  // the run's own limit was reached
  outside = 2,    // a limit around the service, or the machine's memory
};

struct SupervisorMessage {
  SupervisorVerb verb{};
  std::int32_t sys_errno = 0;
  CellId cell = 0;
  std::int32_t pid = 0;            // cell_started: for its CPU clock; 0: of a keeper
  std::int32_t wait_status = 0;    // cell_ended: as from wait4(2)
  std::uint64_t cpu_time_us = 0;   // cell_ended: user + system of all its threads
  std::uint64_t memory_bytes = 0;  // memory_measured: what the cell holds now
  // cell_ended; memory_measured: since the last time
  std::uint64_t memory_peak_bytes = 0;  // 0: not known
  MemoryKill memory_kill{};
  std::uint32_t status_known = 0;  // cell_ended: 0 when the zygote died before it could report it
  ScratchExcess scratch_excess{};  // cell_ended
  Flavour flavour{};               // of zygotes, and of the start of cells
};

}  // namespace forkjail::protocol
