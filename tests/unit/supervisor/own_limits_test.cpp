// The limits of a tree of control groups made for the test.
#include "supervisor/own_limits.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

constexpr std::string_view kV2Mounts = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr std::string_view kV1Mounts =
    "32 31 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
    "33 31 0:28 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n";

class OwnLimitsTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override { root_ = temporary_.path(); }

  // A group with these files besides cgroup.procs.
  void group(const std::string& path,
             const std::vector<std::pair<std::string, std::string>>& files) {
    const auto directory = std::filesystem::path(root_ + path);
    std::filesystem::create_directories(directory);
    std::ofstream(directory / "cgroup.procs") << "1\n";
    for (const auto& [name, text] : files) std::ofstream(directory / name) << text << "\n";
  }

  std::string root_;
};

TEST_F(OwnLimitsTest, SmallestLimitOfTheV2AncestryCounts) {
  group("/sys/fs/cgroup", {});
  group("/sys/fs/cgroup/pod", {{"memory.max", "1073741824"}, {"cpu.max", "150000 100000"}});
  group("/sys/fs/cgroup/pod/box", {{"memory.max", "max"}, {"cpu.max", "max 100000"}});
  const auto limits = limits_of(kV2Mounts, "0::/pod/box\n", root_);
  EXPECT_EQ(limits.memory_bytes, 1'073'741'824U);
  EXPECT_EQ(limits.cpus, 1.5);
}

TEST_F(OwnLimitsTest, GroupWithoutTheControllerDoesNotHideItsParents) {
  group("/sys/fs/cgroup", {});
  group("/sys/fs/cgroup/a", {{"memory.max", "500000000"}});
  group("/sys/fs/cgroup/a/b", {});
  EXPECT_EQ(limits_of(kV2Mounts, "0::/a/b\n", root_).memory_bytes, 500'000'000U);
}

TEST_F(OwnLimitsTest, NoLimitIsNone) {
  group("/sys/fs/cgroup", {{"memory.max", "max"}, {"cpu.max", "max 100000"}});
  const auto limits = limits_of(kV2Mounts, "0::/\n", root_);
  EXPECT_EQ(limits.memory_bytes, std::nullopt);
  EXPECT_EQ(limits.cpus, std::nullopt);
}

TEST_F(OwnLimitsTest, V1LimitsAreReadFromBothHierarchies) {
  group("/sys/fs/cgroup/memory", {{"memory.limit_in_bytes", "9223372036854771712"}});
  group("/sys/fs/cgroup/memory/box", {{"memory.limit_in_bytes", "268435456"}});
  group("/sys/fs/cgroup/cpu", {{"cpu.cfs_quota_us", "-1"}, {"cpu.cfs_period_us", "100000"}});
  group("/sys/fs/cgroup/cpu/box", {{"cpu.cfs_quota_us", "50000"}, {"cpu.cfs_period_us", "100000"}});
  const auto limits = limits_of(kV1Mounts, "4:memory:/box\n1:cpu,cpuacct:/box\n", root_);
  EXPECT_EQ(limits.memory_bytes, 268'435'456U);
  EXPECT_EQ(limits.cpus, 0.5);
}

TEST_F(OwnLimitsTest, V1LimitAboveWhatIsMountedCounts) {
  group("/sys/fs/cgroup/memory",
        {{"memory.limit_in_bytes", "9223372036854771712"},
         {"memory.stat", "cache 1\nhierarchical_memory_limit 134217728\ntotal_cache 1"}});
  EXPECT_EQ(limits_of(kV1Mounts, "4:memory:/\n", root_).memory_bytes, 134'217'728U);
}

TEST_F(OwnLimitsTest, AbsentTreeAndGarbageAreNoLimit) {
  EXPECT_EQ(limits_of(kV2Mounts, "0::/gone\n", root_).memory_bytes, std::nullopt);
  group("/sys/fs/cgroup", {{"memory.max", "lots"}, {"cpu.max", "many"}});
  const auto limits = limits_of(kV2Mounts, "0::/\n", root_);
  EXPECT_EQ(limits.memory_bytes, std::nullopt);
  EXPECT_EQ(limits.cpus, std::nullopt);
}

}  // namespace
}  // namespace forkjail::supervisor
