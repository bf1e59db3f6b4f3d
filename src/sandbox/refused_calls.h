// Records the system calls that the filter refused, for the run's report.
//
// A refused call raises SIGSYS in the thread that made it (SECCOMP_RET_TRAP). The handler installed
// here records the call's number and makes the call return EPERM, so that a script gets a plain
// PermissionError and the answer can name the call. (The few calls of emulated_calls.h are answered
// instead and not recorded.) The refusal is done by the kernel and does not depend on the handler.
// The record does: the script can write to it, so outside the cell it is only a claim.
//
// One record per process, in static storage, because a signal handler cannot own anything.
// Installed in the cell by its trusted part, before attach_filter(). sigaction(2),
// signal-safety(7).
//
// A second record is for processes that the script tried to start through the C library. Those
// calls are refused with an errno only, because glibc makes them with all signals blocked, so no
// handler sees them; zygote/process_calls.cpp records them. It is separate, because honest
// libraries try to start a process and work without: only a run that failed for this reason reports
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace forkjail::sandbox {

// As many as one frame can carry: protocol::kRefusedSyscallsMax.
inline constexpr std::size_t kRefusedCallsMax = 16;

// fork and clone: the two that zygote/process_calls.cpp distinguishes.
inline constexpr std::size_t kRefusedProcessesMax = 2;

[[nodiscard]] Status install_refused_call_handler();

// The numbers of the first distinct calls that were refused, in order of their first refusal. The
// span stays valid; other threads may append beyond its end.
[[nodiscard]] std::span<const std::uint32_t> refused_calls();

// Records that the start of a process was refused, by the number of the intended call.
// Async-signal-safe.
void note_refused_process(std::uint32_t number);

// The same as refused_calls(), from the second record.
[[nodiscard]] std::span<const std::uint32_t> refused_processes();

// Clears both: after warm-up and verification, before the script. No other thread may run.
void reset_refused_calls();

}  // namespace forkjail::sandbox
