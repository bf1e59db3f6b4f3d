#include "supervisor/second_look.h"

#include <sys/resource.h>

#include <cerrno>

#include "base/io.h"
#include "supervisor/number_file.h"

namespace forkjail::supervisor {
namespace {

// A thread that becomes nicer while it runs may lose its processor, one that becomes less nice does
// not. So it goes down step by step, and comes back rarely.
constexpr int kSteps = 8;

}  // namespace

Status look_again(pid_t thread) {
  const auto id = static_cast<id_t>(thread);
  const int usual = ::getpriority(PRIO_PROCESS, 0);
  errno = 0;
  const int now = ::getpriority(PRIO_PROCESS, id);
  if (errno != 0) return errno == ESRCH ? ok_status() : errno_error("getpriority");
  const int next = now > usual - kSteps ? now - 1 : usual;
  if (::setpriority(PRIO_PROCESS, id, next) == 0 || errno == ESRCH) return ok_status();
  return errno_error("setpriority");
}

Status look_again(const std::string& threads_file) {
  const auto text = read_file(threads_file);
  if (!text) return text.error();
  for (const std::uint64_t thread : numbers_in_lines(*text)) {
    if (auto status = look_again(static_cast<pid_t>(thread)); !status) return status;
  }
  return ok_status();
}

}  // namespace forkjail::supervisor
