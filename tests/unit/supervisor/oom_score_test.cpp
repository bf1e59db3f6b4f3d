#include "supervisor/oom_score.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "supervisor/number_file.h"

namespace forkjail::supervisor {
namespace {

int in_child(const std::function<bool()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool own_score_is(std::uint64_t score) {
  return number_in_file("/proc/self/oom_score_adj") == score;
}

TEST(OomScore, GoesUpAndNeverDown) {
  if (number_in_file("/proc/self/oom_score_adj").value_or(0) > 300) GTEST_SKIP() << "is higher";
  EXPECT_EQ(in_child([] {
              raise_own_oom_score(300);
              if (!own_score_is(300)) return false;
              raise_own_oom_score(200);
              return own_score_is(300);
            }),
            0);
}

TEST(OomScore, OfACellIsTheHighest) {
  EXPECT_EQ(in_child([] {
              set_highest_oom_score(::getpid());
              return own_score_is(1'000);
            }),
            0);
}

TEST(OomScore, OfNoProcessIsLeftAlone) {
  const auto before = number_in_file("/proc/self/oom_score_adj");
  set_highest_oom_score(0);
  set_highest_oom_score(-1);
  EXPECT_EQ(number_in_file("/proc/self/oom_score_adj"), before);
}

}  // namespace
}  // namespace forkjail::supervisor
