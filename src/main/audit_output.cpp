#include "main/audit_output.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "server/callers/audit_log.h"

namespace forkjail {

Result<std::unique_ptr<AuditOutput>> open_audit_output(const std::string& where) {
  UniqueFd file;
  if (where != "stdout") {
    constexpr int kHow = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    file = UniqueFd(::open(where.c_str(), kHow, 0600));
    if (!file.valid()) return errno_error("open " + where);
  }
  const int fd = file.valid() ? file.get() : STDOUT_FILENO;
  auto made = std::unique_ptr<AuditOutput>(new AuditOutput{std::move(file), LogOutput(fd)});
  made->output.on_dropped([](std::uint64_t lines) {
    return server::audit_line_of_dropped(lines, std::chrono::system_clock::now());
  });
  return made;
}

}  // namespace forkjail
