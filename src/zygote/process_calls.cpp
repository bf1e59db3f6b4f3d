// The C library's functions that start a process, in front of its own: each asks the C library as
// before, and notes in the cell's record (sandbox/refused_calls.h) when the kernel refused. The
// filter's own record cannot have these calls, which glibc and subprocess make with every signal
// blocked. Python and extension modules find these first, ctypes too.
//
// The refusal is the kernel's; what is noted is what a script could as well write there itself.
// zygote: starts processes as ever (a library that is preloaded may try one). Linked by
// -u posix_spawn (src/CMakeLists.txt). fork(2), vfork(2), posix_spawn(3).
#include <dlfcn.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/types.h>

#include <cerrno>

#include "sandbox/refused_calls.h"

namespace forkjail::zygote {
namespace {

// The C library's own function behind ours.
template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void note_if_refused(int error, std::uint32_t number) {
  if (error == EPERM) sandbox::note_refused_process(number);
}

// For vfork(3) too: its child may not return through a function of ours.
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

// Each definition takes the C library's name by an assembler label, because the headers declare
// these functions with attributes that a second declaration may not repeat.
extern "C" pid_t forkjail_fork() __asm__("fork");
extern "C" pid_t forkjail_fork() { return forkjail::zygote::fork_noted(); }

extern "C" pid_t forkjail_vfork() __asm__("vfork");
extern "C" pid_t forkjail_vfork() { return forkjail::zygote::fork_noted(); }

// Which return the error and leave errno alone. clone(2) is what glibc makes of them.
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
