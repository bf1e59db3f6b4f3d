// What each step of a cell's life costs: CPU time and page faults up to a named point. Only in a
// trace build (CMake preset "trace", read by bench/cell_cost); otherwise these functions are empty
// and cost a run nothing.
//
// cell, from its clone to its exit. Needs no memory and no file; its two system calls are in the
// cells' allowlist.
#pragma once

#include <string_view>

namespace forkjail::sandbox {

#ifdef FORKJAIL_STEP_TRACE

// Ends the step `name`, which must outlive the process: everything used since the previous step
// belongs to it.
void trace_step(std::string_view name);

// "name CPU-nanoseconds minor-faults\n" for each step, counted from the clone.
void write_step_trace(int fd);

#else

inline void trace_step(std::string_view) {}
inline void write_step_trace(int) {}

#endif

}  // namespace forkjail::sandbox
