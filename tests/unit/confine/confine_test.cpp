// What a process gives up, each time in a child of its own.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "confine/capabilities.h"
#include "confine/landlock.h"
#include "confine/process_flags.h"
#include "confine/user.h"

namespace forkjail::confine {
namespace {

bool in_child(const std::function<bool()>& body) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(body() ? 0 : 1);
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool opens(const std::string& path, int flags) {
  return UniqueFd(::open(path.c_str(), flags | O_CLOEXEC, 0600)).valid();
}

constexpr std::array<unsigned, 2> kTwo{CAP_SETUID, CAP_SYSLOG};  // one in each half

TEST(Capabilities, OnlyThoseOfTheMaskAreLeft) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  constexpr CapabilityMask mask = capability_mask(kTwo);
  if (!in_child([] { return set_capabilities(mask).ok(); })) GTEST_SKIP() << "has not got both";
  EXPECT_TRUE(in_child([] {
    return set_capabilities(mask).ok() && verify_capabilities(mask).ok() &&
           !verify_capabilities(0).ok() && set_capabilities(0).ok() &&
           verify_capabilities(0).ok() && !set_capabilities(mask).ok();
  }));
}

TEST(Capabilities, BoundingSetKeepsOnlyTheMask) {
  if (const auto may = may_change_bounding_set(); !may || !*may) GTEST_SKIP() << "no CAP_SETPCAP";
  EXPECT_TRUE(in_child([] {
    return drop_bounding_set(capability_mask(kTwo)).ok() && !verify_bounding_set_empty().ok() &&
           drop_bounding_set().ok() && verify_bounding_set_empty().ok();
  }));
}

TEST(User, IsVerifiedWithItsGroups) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  EXPECT_TRUE(in_child([] {
    return !verify_user(54'321).ok() && become_user(54'321).ok() && verify_user(54'321).ok() &&
           verify_group(54'321).ok() && !verify_group(54'322).ok() && ::setuid(0) != 0;
  }));
}

TEST(ProcessFlags, AreReadBack) {
  EXPECT_TRUE(in_child([] {
    return !verify_no_new_privileges().ok() && forbid_new_privileges().ok() &&
           verify_no_new_privileges().ok();
  }));
  EXPECT_TRUE(in_child([] {
    return !verify_no_tracing().ok() && forbid_tracing().ok() && verify_no_tracing().ok();
  }));
}

TEST(Landlock, OnlyWhatARuleNamesCanBeOpened) {
  if (landlock_abi() == 0) GTEST_SKIP() << "the kernel has no Landlock";
  EXPECT_TRUE(in_child([] {
    const std::vector<FileRule> rules{{"/usr", FileRight::read_and_run},
                                      {"/dev/null", FileRight::read_write}};
    if (verify_files_confined().ok() || !forbid_new_privileges().ok()) return false;
    return confine_files(rules).ok() && verify_files_confined().ok() &&
           opens("/usr/bin", O_RDONLY) && opens("/dev/null", O_WRONLY) &&
           !opens("/etc/passwd", O_RDONLY) && !opens("/usr/new", O_WRONLY | O_CREAT);
  }));
}

TEST(Landlock, ARuleOfAMissingFileIsAnError) {
  if (landlock_abi() == 0) GTEST_SKIP() << "the kernel has no Landlock";
  EXPECT_TRUE(in_child([] {
    const std::vector<FileRule> rules{{"/no such file", FileRight::read_only}};
    const auto status = confine_files(rules);
    return !status.ok() && status.error().sys_errno == ENOENT;
  }));
}

TEST(Landlock, NothingIsLeftWhenEverythingIsDenied) {
  if (landlock_abi() == 0) GTEST_SKIP() << "the kernel has no Landlock";
  EXPECT_TRUE(in_child([] {
    if (!forbid_new_privileges().ok()) return false;
    const auto uncovered = deny_everything();
    // Each ABI from the first to the sixth adds one row.
    const auto expected = static_cast<std::size_t>(std::max(0, 6 - landlock_abi()));
    return uncovered.ok() && uncovered->size() == expected && verify_files_confined().ok() &&
           !opens("/dev/null", O_RDONLY);
  }));
}

}  // namespace
}  // namespace forkjail::confine
