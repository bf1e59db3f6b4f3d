// The system calls that the server itself may make once it serves: an allowlist as data, as the
// cells have one (sandbox/syscall_policy.h). An attacker who takes over the server through a bug
// gets these calls and no others: no program, no process, no socket, no file, no other's memory.
//
// Two answers to everything else. EPERM for a call that some library may make on the off chance: a
// newer glibc must not end the service. The end of the process for a call that only an intruder
// makes: it gets no second try, and the supervisor then ends all cells.
//
// docs/decisions/server-filter.md says how the rows were measured.
#pragma once

#include "base/result.h"
#include "seccomp/policy.h"

namespace forkjail::server {

[[nodiscard]] seccomp::Policy own_policy();

// Binds this process to own_policy() and looks whether it holds. Server, single-threaded, once the
// loop, the listener and the supervisor's socket are there and before a connection is accepted. Any
// Error means: do not serve.
Status filter_own_calls();

}  // namespace forkjail::server
