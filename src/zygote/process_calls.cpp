// Overrides the C library's functions that start a process: each calls the original and records it
// (sandbox/refused_calls.h) if the kernel refused. The filter's own record cannot contain these
// calls, because glibc and subprocess make them with all signals blocked. Python and extension
// modules find these first, ctypes too.
//
// The kernel does the refusal; the record is only information, which a script could write there
// itself. In the zygote they start processes as usual (a preloaded library may try to). Linked by
// -u posix_spawn (src/CMakeLists.txt). fork(2), vfork(2), posix_spawn(3).
#include <dlfcn.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <cerrno>

#include "sandbox/refused_calls.h"

namespace forkjail::zygote {
namespace {

// The C library's function that ours overrides.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void note_if_refused(int error, std::uint32_t number) {
  if (error == EPERM) sandbox::note_refused_process(number);
}

// For vfork(3) too: its child must not return through a function of ours.
pid_t fork_noted() {
  static auto* const real = next<pid_t()>("fork");
  const pid_t child = real();
  if (child < 0) note_if_refused(errno, SYS_fork);
  return child;
}

using Spawn = int(pid_t*, const char*, const posix_spawn_file_actions_t*, const posix_spawnattr_t*,
                  char* const*, char* const*);

}  // namespace
}  // namespace forkjail::zygote

// Each definition uses an assembler label for the C library's name, because the headers declare
// these functions with attributes that a second declaration must not repeat.
extern "C" pid_t forkjail_fork() __asm__("fork");
extern "C" pid_t forkjail_fork() { return forkjail::zygote::fork_noted(); }

extern "C" pid_t forkjail_vfork() __asm__("vfork");
extern "C" pid_t forkjail_vfork() { return forkjail::zygote::fork_noted(); }

// These return the error and do not set errno. glibc implements them with clone(2).
#define FORKJAIL_NOTE_SPAWN(name)                                                              \
  extern "C" int forkjail_##name(pid_t* child, const char* program,                            \
                                 const posix_spawn_file_actions_t* actions,                    \
                                 const posix_spawnattr_t* attributes, char* const* arguments,  \
                                 char* const* environment) __asm__(#name);                     \
  extern "C" int forkjail_##name(                                                              \
      pid_t* child, const char* program, const posix_spawn_file_actions_t* actions,            \
      const posix_spawnattr_t* attributes, char* const* arguments, char* const* environment) { \
    static auto* const real = forkjail::zygote::next<forkjail::zygote::Spawn>(#name);          \
    const int error = real(child, program, actions, attributes, arguments, environment);       \
    forkjail::zygote::note_if_refused(error, SYS_clone);                                       \
    return error;                                                                              \
  }
FORKJAIL_NOTE_SPAWN(posix_spawn)
FORKJAIL_NOTE_SPAWN(posix_spawnp)
