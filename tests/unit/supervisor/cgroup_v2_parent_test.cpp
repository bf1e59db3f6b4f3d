#include "supervisor/cgroup_v2_parent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

// A directory tree with the files of a hierarchy. The real one is met by tests/places.
class CgroupV2ParentTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) / ("cgroup-v2-parent-" + std::to_string(::getpid()));
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void make_group(const std::string& path, const std::string& handed_down) const {
    const fs::path group = root_ / path;
    fs::create_directories(group);
    std::ofstream(group / "cgroup.controllers") << "cpu memory pids\n";
    std::ofstream(group / "cgroup.subtree_control") << handed_down;
  }

  // As the kernel refuses while a process is in the group.
  void refuse_to_hand_down(const std::string& path) const {
    const fs::path control = root_ / path / "cgroup.subtree_control";
    fs::remove(control);
    fs::create_symlink("elsewhere", control);
  }

  [[nodiscard]] Result<CgroupV2Parent> find(const std::string& own,
                                            const std::string& named = "") const {
    return CgroupV2Parent::find(named, V2Place{root_.string(), own}, {::getpid()});
  }

  [[nodiscard]] std::string at(const std::string& path) const { return (root_ / path).string(); }

  fs::path root_;
};

TEST_F(CgroupV2ParentTest, OwnGroupThatHandsDownIsTaken) {
  make_group("a/b", "memory pids\n");
  const auto found = find("/a/b");
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(found->path(), at("a/b"));
}

TEST_F(CgroupV2ParentTest, OwnGroupIsToldToHandDown) {
  make_group("a/b", "");
  const auto found = find("/a/b");
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(found->path(), at("a/b"));
  std::string told;
  std::getline(std::ifstream(at("a/b/cgroup.subtree_control")), told);
  EXPECT_EQ(told, "+memory +pids");
}

TEST_F(CgroupV2ParentTest, NearestAboveServesWhereOwnDoesNotAndNothingIsLeftInOwn) {
  make_group("a", "cpu memory pids\n");
  make_group("a/b", "memory\n");
  make_group("a/b/c", "");
  refuse_to_hand_down("a/b/c");
  const auto found = find("/a/b/c");
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(found->path(), at("a"));
  EXPECT_THAT(child_cgroups(at("a/b/c")), testing::IsEmpty());
}

TEST_F(CgroupV2ParentTest, NamedGroupIsTakenWhereverTheServiceStands) {
  make_group("named", "");
  const auto found = find("/elsewhere", at("named"));
  ASSERT_TRUE(found.ok()) << found.error().to_string();
  EXPECT_EQ(found->path(), at("named"));
}

TEST_F(CgroupV2ParentTest, GroupsThatHandNothingDownAreRefusedWithTheRemedy) {
  make_group("a", "cpu\n");
  refuse_to_hand_down("a");
  const auto found = find("/a");
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().to_string(), testing::HasSubstr("Delegate="));
}

TEST_F(CgroupV2ParentTest, WithoutAHierarchyThereIsNone) {
  EXPECT_FALSE(CgroupV2Parent::find("", std::nullopt, {}).ok());
}

}  // namespace
}  // namespace forkjail::supervisor
