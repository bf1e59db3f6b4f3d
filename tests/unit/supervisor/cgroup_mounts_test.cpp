#include "supervisor/cgroup_mounts.h"

#include <gtest/gtest.h>

namespace forkjail::supervisor {
namespace {

constexpr std::string_view kHybridMounts =
    "31 23 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "32 31 0:27 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    "33 31 0:28 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids\n"
    "34 31 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
constexpr std::string_view kHybridGroups = "8:memory:/service\n5:pids:/\n0::/user\n";

TEST(CgroupMounts, V1DirectoryIsMountPointPlusOwnPath) {
  EXPECT_EQ(own_v1_directory(kHybridMounts, kHybridGroups, "memory"),
            "/sys/fs/cgroup/memory/service");
  EXPECT_EQ(own_v1_directory(kHybridMounts, kHybridGroups, "pids"), "/sys/fs/cgroup/pids");
}

TEST(CgroupMounts, ControllerThatIsNotMountedHasNoDirectory) {
  EXPECT_EQ(own_v1_directory(kHybridMounts, kHybridGroups, "cpu"), std::nullopt);
  EXPECT_EQ(own_v1_directory("", kHybridGroups, "memory"), std::nullopt);
  EXPECT_EQ(own_v1_directory(kHybridMounts, "", "memory"), std::nullopt);
}

TEST(CgroupMounts, ContainersPartOfTheHierarchyIsSubtracted) {
  const std::string_view mounts =
      "32 31 0:27 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
  EXPECT_EQ(own_v1_directory(mounts, "8:memory:/docker/abc\n", "memory"), "/sys/fs/cgroup/memory");
  EXPECT_EQ(own_v1_directory(mounts, "8:memory:/docker/abc/in\n", "memory"),
            "/sys/fs/cgroup/memory/in");
}

TEST(CgroupMounts, V2PlaceIsFoundInAUnifiedHierarchy) {
  const auto place =
      own_v2_place("30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n",
                   "0::/system.slice/forkjail.service\n");
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->mount_point, "/sys/fs/cgroup");
  EXPECT_EQ(place->path, "/system.slice/forkjail.service");
}

TEST(CgroupMounts, GarbageIsNoPlace) {
  EXPECT_EQ(own_v2_place("a b c\n- - -\n\n", "::\n0:\n"), std::nullopt);
}

}  // namespace
}  // namespace forkjail::supervisor
