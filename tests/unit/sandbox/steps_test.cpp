// The steps of entering a cell that need no namespace, each tried in a child process of its own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <set>

#include "base/limits.h"
#include "base/pipe.h"
#include "confine/user.h"
#include "sandbox/clone_process.h"
#include "sandbox/credentials.h"
#include "sandbox/descriptors.h"
#include "sandbox/enter_cell.h"
#include "sandbox/namespaces.h"
#include "sandbox/rlimits.h"

namespace forkjail::sandbox {
namespace {

// What `body` returned, as the exit status of a child that ran it; -1 when a signal ended it.
int in_child(const std::function<bool()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(CellSteps, EachHasANameOfItsOwnAndAWhy) {
  std::set<std::string_view> names;
  for (const CellStep& step : cell_steps()) {
    EXPECT_TRUE(names.insert(step.name).second) << step.name;
    EXPECT_FALSE(step.why.empty()) << step.name;
  }
}

TEST(CellSteps, FilterComesLastAndIsVerified) {
  const auto steps = cell_steps();
  EXPECT_EQ(steps[steps.size() - 3].name, "system calls");
  EXPECT_EQ(steps[steps.size() - 2].name, "system calls of states");
  EXPECT_EQ(steps.back().name, "verify system calls");
}

TEST(CellSteps, InjectedFaultNamesItsStep) {
  for (const CellStep& step : cell_steps().first(1)) {
    const auto status = enter_cell({.failing_step = step.name});
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().step, std::string(step.name) + ": injected fault");
    EXPECT_EQ(status.error().sys_errno, ECANCELED);
  }
}

TEST(Descriptors, OnlyTheGivenOnesStayInTheGivenOrder) {
  EXPECT_EQ(in_child([] {
              auto first = make_pipe();
              auto second = make_pipe();
              const int ends[] = {second->write_end.get(), first->read_end.get(), 1, 0};
              struct stat before{};
              struct stat after{};
              ::fstat(second->write_end.get(), &before);
              if (!keep_only(ends)) return false;
              ::fstat(0, &after);
              return before.st_ino == after.st_ino && verify_descriptors(4).ok() &&
                     !verify_descriptors(5).ok() && !verify_descriptors(3).ok();
            }),
            0);
}

TEST(Rlimits, AreInForceAndCannotBeRaised) {
  EXPECT_EQ(in_child([] {
              if (!set_cell_rlimits() || !verify_cell_rlimits()) return false;
              for (const RlimitRow& row : kCellRlimits) {
                rlimit limit{};
                ::getrlimit(row.resource, &limit);
                if (limit.rlim_cur != limit.rlim_max) return false;
              }
              return true;
            }),
            0);
}

TEST(Rlimits, VerificationSeesAMissingOne) {
  EXPECT_EQ(in_child([] { return verify_cell_rlimits().ok(); }), 1);
}

TEST(Credentials, RootBecomesNobodyWithNothingLeft) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(in_child([] {
              return forbid_capabilities().ok() && confine::become_user(54'321).ok() &&
                     drop_capabilities().ok() && forbid_new_privileges().ok() &&
                     verify_credentials(54'321).ok() && ::setuid(0) != 0;
            }),
            0);
}

TEST(Credentials, VerificationSeesWhatIsLeft) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_EQ(in_child([] { return verify_credentials(0).ok(); }), 1);
  EXPECT_EQ(in_child([] {
              return confine::become_user(54'321).ok() && drop_capabilities().ok() &&
                     verify_credentials(54'321).ok();
            }),
            1)
      << "the bounding set and no_new_privs are missing";
}

TEST(CloneProcess, ChildRunsAndIsReapedByItsPidfd) {
  auto cloned = clone_process(0);
  ASSERT_TRUE(cloned.ok());
  if (cloned->pid == 0) ::_exit(7);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PIDFD, static_cast<id_t>(cloned->pidfd.get()), &info, WEXITED), 0);
  EXPECT_EQ(info.si_status, 7);
}

TEST(CloneProcess, ChildInNewNamespacesIsInit) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  auto cloned = clone_process(cell_clone_flags());
  if (!cloned.ok()) GTEST_SKIP() << "namespaces are refused here: " << cloned.error().to_string();
  if (cloned->pid == 0) ::_exit(::getpid() == 1 ? 0 : 1);
  siginfo_t info{};
  ASSERT_EQ(::waitid(P_PIDFD, static_cast<id_t>(cloned->pidfd.get()), &info, WEXITED), 0);
  EXPECT_EQ(info.si_status, 0);
}

}  // namespace
}  // namespace forkjail::sandbox
