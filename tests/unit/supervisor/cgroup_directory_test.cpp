// Which groups of services before this one are removed: plain directories serve for groups here.
#include "supervisor/cgroup_directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

class SweepCgroupsTest : public testing::Test {
 protected:
  // The group of a supervisor, with one cell's in it.
  std::filesystem::path group_of(pid_t supervisor) {
    const auto group = parent.path() / ("forkjail-" + std::to_string(supervisor));
    std::filesystem::create_directories(group / "cell-1");
    return group;
  }
  // A child that has ended and was not reaped.
  static pid_t corpse() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    siginfo_t info{};
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOWAIT), 0);
    return child;
  }

  TemporaryDirectory parent;
};

TEST_F(SweepCgroupsTest, KeepsTheGroupsOfALivingSupervisor) {
  const auto group = group_of(::getpid());
  sweep_cgroups(parent.path());
  EXPECT_TRUE(std::filesystem::exists(group / "cell-1"));
}

TEST_F(SweepCgroupsTest, RemovesTheGroupsOfASupervisorThatIsGone) {
  const pid_t child = corpse();
  ::waitpid(child, nullptr, 0);
  const auto group = group_of(child);
  sweep_cgroups(parent.path());
  EXPECT_FALSE(std::filesystem::exists(group));
}

TEST_F(SweepCgroupsTest, RemovesThoseOfOneThatWasNotReapedYet) {
  const pid_t child = corpse();
  const auto group = group_of(child);
  sweep_cgroups(parent.path());
  EXPECT_FALSE(std::filesystem::exists(group));
  ::waitpid(child, nullptr, 0);
}

TEST_F(SweepCgroupsTest, LeavesOtherNamesAlone) {
  const auto other = parent.path() / "forkjail-x";
  std::filesystem::create_directories(other);
  sweep_cgroups(parent.path());
  EXPECT_TRUE(std::filesystem::exists(other));
}

}  // namespace
}  // namespace forkjail::supervisor
