// The seccomp filter of a cell: compiled once from its policy, attached by each cell to itself.
//
// Compiled in the zygote before it clones; attached in the cell by its trusted part, after
// no_new_privs and after the last privileged call, before it parks. The filter stays until the cell
// ends: it cannot be removed, and every thread inherits it. seccomp(2), seccomp_export_bpf(3).
//
// Its answers:
//   an allowed call, allowed arguments  runs
//   a call that libraries only probe    an errno of its row, ENOSYS or another
//   any other call or argument          SIGSYS, which refused_calls.h turns into EPERM; if the
//                                       script blocks or ignores SIGSYS the kernel kills it
//   a foreign ABI (i386, x32)           the kernel kills the process
#pragma once

#include "base/result.h"
#include "sandbox/syscall_policy.h"
#include "seccomp/filter.h"

namespace forkjail::sandbox {

using seccomp::FilterProgram;

// Zygote, before clone. Errors: libseccomp's, and E2BIG for a policy that became too large.
[[nodiscard]] Result<FilterProgram> compile_cell_filter(
    const seccomp::Policy& policy = cell_policy());

// The filters of a session's cell, likewise.
struct SessionFilters {
  FilterProgram states;
  FilterProgram keeper;
};
[[nodiscard]] Result<SessionFilters> compile_session_filters();

// Cell, single-threaded, with no_new_privs set and the handler of refused_calls.h installed.
using seccomp::attach_filter;
using seccomp::attach_listened_filter;

// Cell, after attach_filter(): makes calls that would fail anyway and checks whether the filter or
// the kernel refused them. Clears the record of refused calls. An Error names the call that was not
// refused; such a cell must not run a script.
[[nodiscard]] Status verify_filter();

// The first state of a session, once the keeper has the listener: checks that it refuses a clone
// and an unwanted signal.
[[nodiscard]] Status verify_keeper_decides();

}  // namespace forkjail::sandbox
