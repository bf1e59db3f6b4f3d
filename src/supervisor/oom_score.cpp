#include "supervisor/oom_score.h"

#include <string>

#include "base/io.h"
#include "supervisor/number_file.h"

namespace forkjail::supervisor {
namespace {

std::string score_file(const std::string& process) { return "/proc/" + process + "/oom_score_adj"; }

}  // namespace

void raise_own_oom_score(int score) {
  const std::string file = score_file("self");
  const auto now = number_in_file(file);  // nothing: a negative one, or none
  if (now && *now >= static_cast<std::uint64_t>(score)) return;
  (void)write_file(file, std::to_string(score));
}

void set_highest_oom_score(pid_t pid) {
  if (pid <= 0) return;
  (void)write_file(score_file(std::to_string(pid)), std::to_string(kCellOomScore));
}

}  // namespace forkjail::supervisor
