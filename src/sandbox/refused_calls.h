// The record of the system calls that the filter refused, for the run's report.
//
// A refused call raises SIGSYS in the thread that made it (SECCOMP_RET_TRAP). The handler installed
// here notes the call's number and lets the call return EPERM, so that a script gets a plain
// PermissionError and the answer can name the call (the few calls of emulated_calls.h it answers
// instead, and notes nothing). The refusal is the kernel's and does not rest
// on the handler. The record does: it lies in the script's reach, so whoever reads it outside of
// the cell takes it for a claim.
//
// One record a process, in static storage, because a signal handler can own nothing. Installed in
// the cell by its trusted part, before attach_filter(). sigaction(2), signal-safety(7).
//
// Beside it a second record: of the processes that the script asked the C library for. Those calls
// are refused by an errno alone, because glibc makes them with every signal blocked, so no handler
// sees them; zygote/process_calls.cpp notes them. It is kept apart, since honest libraries try a
// process and do without: only a run that failed for the lack of one names them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/result.h"

namespace forkjail::sandbox {

// As many as a frame carries: protocol::kRefusedSyscallsMax.
inline constexpr std::size_t kRefusedCallsMax = 16;

// fork and clone: what zygote/process_calls.cpp tells apart, and no other number.
inline constexpr std::size_t kRefusedProcessesMax = 2;

[[nodiscard]] Status install_refused_call_handler();

// The numbers of the first distinct calls that were refused, in order of their first refusal. The
// span stays valid; other threads may append to what it does not show yet.
[[nodiscard]] std::span<const std::uint32_t> refused_calls();

// Notes that a process was asked for and refused, by the number of the call that was meant.
// Async-signal-safe.
void note_refused_process(std::uint32_t number);

// The same as refused_calls(), of the second record.
[[nodiscard]] std::span<const std::uint32_t> refused_processes();

// Forgets both: after warm-up and verification, before the script. No other thread may run.
void reset_refused_calls();

}  // namespace forkjail::sandbox
