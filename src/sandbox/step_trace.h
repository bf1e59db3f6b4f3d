// What each step of a cell's life costs: CPU time and page faults up to a named point. In a trace
// build only (CMake preset "trace"; bench/cell_cost reads it): elsewhere these functions are empty,
// and nothing of them is on a run's way.
//
// cell, from its clone to its exit. Needs no memory and no file; the two system calls it makes are
// in the cells' allowlist.
#pragma once

#include <string_view>

namespace forkjail::sandbox {

#ifdef FORKJAIL_STEP_TRACE

// Ends the step `name`, which must outlive the process: what was used since the last one is its
// own.
void trace_step(std::string_view name);

// "name CPU-nanoseconds minor-faults\n" for each step, counted from the clone.
void write_step_trace(int fd);

#else

inline void trace_step(std::string_view) {}
inline void write_step_trace(int) {}

#endif

}  // namespace forkjail::sandbox
