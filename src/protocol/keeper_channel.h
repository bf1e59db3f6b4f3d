// The messages between the server and the keeper of one session, over the stream socket that a
// session's cell has in place of the request pipe.
//
// A session's cell is a tree of processes: process 1 is the keeper (zygote/keeper/keeper.h), which
// never runs a line of a script; its children are the states of the session. One of them, the head,
// runs requests; the others sleep, each a copy of the interpreter as it was after one run. What a
// run itself replies comes from the head over the cell's reply pipe, as from any cell
// (protocol/run_frames.h); how it ended is reported by the keeper, which learns it from the kernel.
//
// The server names the states: numbers from 1 up, never reused within a session. State 1 is the one
// that the keeper starts with.
#pragma once

#include <cstdint>

namespace forkjail::protocol {

using StateId = std::uint64_t;

inline constexpr StateId kFirstState = 1;
// Kept at one time, whatever the server orders; each is a process.
inline constexpr std::uint32_t kKeptStatesMax = 32;

inline constexpr std::uint32_t kKeeperMagic = 0x464a4b31;  // "FJK1"

enum class KeeperVerb : std::uint32_t {
  run = 1,  // a RunRequestHeader and its parts follow: `request_bytes`. Answered by run_over or
            // run_refused. The next may come once the last one's reply is complete
  stop =
      2,  // end `run`: kill the state that runs it; run_over follows. Nothing happens if it is over
  drop = 3,   // forget `state`, its process with it; not the one that the session is at
  go_to = 4,  // be at `state`, which is kept; answered by `at`. Not during a run. Its process is
              // made for the next run only: at once if `run` follows at once
};

// Server -> keeper.
struct KeeperOrder {
  std::uint32_t magic = kKeeperMagic;
  KeeperVerb verb{};
  std::uint64_t run = 0;            // run, stop: its number, which the reports of it have; go_to: 0
                                    // if no run follows at once
  StateId state = 0;                // run: from which to start; drop, go_to: which
  StateId new_state = 0;            // run: the name of what it makes
  std::uint64_t request_bytes = 0;  // run
  std::uint64_t cpu_time_ms = 0;    // run: more ends it
};

enum class KeeperReportVerb : std::uint32_t {
  run_over = 1,     // the run has ended, in one of two ways: RunEnd
  run_refused = 2,  // sys_errno: ESRCH, there is no such state; else why it could not be woken
  kept = 3,         // `state` has a process that sleeps: the session can go back to it
  keep_failed = 4,  // sys_errno; `state` lives only in the head
  state_lost = 5,   // the kept process of `state` was killed: out of memory, or it computed
  went_back = 6,    // between runs the head used CPU time or did not settle: it was ended, with the
                  // threads that its script had left, and the session is at `state` as it was kept
  at = 7,    // the answer to go_to: processes of other states sleep or are gone. sys_errno: ESRCH,
             // the state does not exist
  idle = 8,  // nothing is computed on behalf of `run`, the last one, any more: the head waits, and
             // its state is kept or cannot be. Also told where the head was made again, or could
             // not be made
};

enum class RunEnd : std::uint32_t {
  returned = 1,  // the head waits for the next order: it is `state` now
  died = 2,      // wait_status says how; the session is back at the state before
  cpu_time = 3,  // killed by the keeper: it had used its CPU time
  stopped = 4,   // killed by order
};

// Keeper -> server.
struct KeeperReport {
  std::uint32_t magic = kKeeperMagic;
  KeeperReportVerb verb{};
  std::uint64_t run = 0;  // run_over, run_refused, idle
  StateId state = 0;
  RunEnd end{};
  std::int32_t wait_status = 0;  // run_over but returned: as from wait4(2)
  std::int32_t sys_errno = 0;
  std::uint32_t padding = 0;
  std::uint64_t cpu_time_us = 0;  // run_over: of the run, over all its threads
};

}  // namespace forkjail::protocol
