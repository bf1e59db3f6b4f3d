// Named semaphores without names: overrides of sem_open(3) and its variants for the cell. The C
// library's would create a file in /dev/shm. Python's multiprocessing creates all its locks with
// them, including those of multiprocessing.pool.ThreadPool and multiprocessing.dummy, which only
// start threads. A cell is a single process, so a semaphore in its own memory does the same; the
// name is ignored, since no other process could open it. sem_wait(3) and the others need no change.
// glibc waits on such a semaphore with private futexes, which the cell's filter allows.
//
// A convenience for scripts, not a security layer. Linked by -u sem_open (src/CMakeLists.txt):
// nothing in the zygote calls these; extension modules find them in the executable.
#include <fcntl.h>
#include <semaphore.h>

#include <cerrno>
#include <cstdarg>
#include <cstdlib>

// The C library's names, parameters and exception specifications.
// NOLINTBEGIN(*-identifier-naming, cert-dcl50-cpp, *-vararg, *-no-malloc, *-owning-memory,
// *-inconsistent-declaration-parameter-name)
extern "C" {

sem_t* sem_open(const char* /*name*/, int flags, ...) noexcept {
  if ((flags & O_CREAT) == 0) {
    errno = ENOENT;
    return SEM_FAILED;
  }
  std::va_list arguments;
  va_start(arguments, flags);
  (void)va_arg(arguments, mode_t);
  const unsigned value = va_arg(arguments, unsigned);
  va_end(arguments);
  auto* const semaphore = static_cast<sem_t*>(std::malloc(sizeof(sem_t)));
  if (semaphore == nullptr) return SEM_FAILED;
  if (::sem_init(semaphore, 0, value) != 0) {
    const int saved = errno;
    std::free(semaphore);
    errno = saved;
    return SEM_FAILED;
  }
  return semaphore;
}

int sem_close(sem_t* semaphore) noexcept {
  ::sem_destroy(semaphore);
  std::free(semaphore);
  return 0;
}

int sem_unlink(const char* /*name*/) noexcept { return 0; }

}  // extern "C"
// NOLINTEND(*-identifier-naming, cert-dcl50-cpp, *-vararg, *-no-malloc, *-owning-memory,
// *-inconsistent-declaration-parameter-name)
