// Plain directories stand in for groups: which file gets which thread is the same. That the kernel
// then does it is shown against the real one in tests/e2e/test_processor_share.py.
#include "supervisor/low_priority.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/io.h"
#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

namespace fs = std::filesystem;

class LowPriorityTest : public ::testing::Test {
 protected:
  TemporaryDirectory temporary_;
  fs::path outer_ = temporary_.path();
  fs::path group_ = outer_ / (own_cgroup_name() + "-behind");
};

TEST_F(LowPriorityTest, NeedsAGroupThatCanBeIdleOrHaveAWeight) {
  const auto made = LowPriority::make(outer_);  // its files do not exist in a plain directory
  EXPECT_FALSE(made);
  EXPECT_FALSE(fs::exists(group_)) << "nothing is left";
  EXPECT_FALSE(LowPriority::make(outer_ / "none"));
}

}  // namespace
}  // namespace forkjail::supervisor
