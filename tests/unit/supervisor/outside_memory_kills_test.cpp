// The counter of a control group made for the test.
#include "supervisor/outside_memory_kills.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

constexpr std::string_view kV2Mounts = "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
constexpr std::string_view kV1Mounts =
    "32 31 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";

class OutsideMemoryKillsTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;

  void SetUp() override { root_ = temporary_.path(); }

  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = root_ + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  std::string root_;
};

TEST_F(OutsideMemoryKillsTest, SeesEachNewKillOfV2Once) {
  const std::string file = "/sys/fs/cgroup/pod/memory.events";
  write(file, "low 0\nhigh 0\nmax 3\noom 2\noom_kill 2\n");
  OutsideMemoryKills kills(kV2Mounts, "0::/pod\n", root_);
  EXPECT_FALSE(kills.look());
  write(file, "low 0\nhigh 0\nmax 4\noom 3\noom_kill 3\n");
  EXPECT_TRUE(kills.look());
  EXPECT_FALSE(kills.look());
}

TEST_F(OutsideMemoryKillsTest, SeesThemInAContainersOwnRoot) {
  write("/sys/fs/cgroup/memory.events", "oom_kill 0\n");
  OutsideMemoryKills kills(kV2Mounts, "0::/\n", root_);
  write("/sys/fs/cgroup/memory.events", "oom_kill 1\n");
  EXPECT_TRUE(kills.look());
}

TEST_F(OutsideMemoryKillsTest, SeesThoseOfV1) {
  const std::string file = "/sys/fs/cgroup/memory/box/memory.oom_control";
  write(file, "oom_kill_disable 0\nunder_oom 0\noom_kill 7\n");
  OutsideMemoryKills kills(kV1Mounts, "4:memory:/box\n", root_);
  EXPECT_FALSE(kills.look());
  write(file, "oom_kill_disable 0\nunder_oom 0\noom_kill 8\n");
  EXPECT_TRUE(kills.look());
}

TEST_F(OutsideMemoryKillsTest, SeesNoneWhereNoCounterIs) {
  OutsideMemoryKills none("", "");
  EXPECT_FALSE(none.look());
  OutsideMemoryKills without_file(kV2Mounts, "0::/\n", root_);
  EXPECT_FALSE(without_file.look());
}

}  // namespace
}  // namespace forkjail::supervisor
