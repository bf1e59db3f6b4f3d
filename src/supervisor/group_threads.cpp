#include "supervisor/group_threads.h"

#include "base/io.h"
#include "supervisor/number_file.h"

namespace forkjail::supervisor {

Result<std::vector<pid_t>> group_threads(const std::string& threads_file) {
  const auto text = read_file(threads_file);
  if (!text) return text.error();
  std::vector<pid_t> threads;
  for (const std::uint64_t thread : numbers_in_lines(*text)) {
    if (thread != 0) threads.push_back(static_cast<pid_t>(thread));
  }
  return threads;
}

}  // namespace forkjail::supervisor
