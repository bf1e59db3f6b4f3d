#include "supervisor/memory_watch.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <map>

#include "base/limits.h"

namespace forkjail::supervisor {
namespace {

constexpr pid_t kPid = 7;

// What each process has resident, as the test says.
std::map<pid_t, std::uint64_t>& resident() {
  static std::map<pid_t, std::uint64_t> bytes;
  return bytes;
}

Result<std::uint64_t> look(pid_t pid) {
  const auto found = resident().find(pid);
  if (found == resident().end()) return Error{"look", ESRCH, {}};
  return found->second;
}

class MemoryWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    resident() = {{kPid, 100 * kMiB}};
    cell.process = CellProcess::by_number(kPid);
    cell.memory_bytes_max = 128 * kMiB;
  }

  MemoryWatch watch{look};
  Cell cell;
};

TEST_F(MemoryWatchTest, CountsWhatACellHasBeyondItsBirth) {
  watch.begin(cell);
  const std::uint64_t most = (100 + 128) * kMiB + kCellMemorySlackBytes;
  resident()[kPid] = most;
  EXPECT_FALSE(watch.is_over(cell));
  resident()[kPid] = most + 1;
  EXPECT_TRUE(watch.is_over(cell));
}

TEST_F(MemoryWatchTest, TakesALimitThatWasLowered) {
  watch.begin(cell);
  resident()[kPid] = 200 * kMiB;
  EXPECT_FALSE(watch.is_over(cell));
  cell.memory_bytes_max = 16 * kMiB;
  EXPECT_TRUE(watch.is_over(cell));
}

TEST_F(MemoryWatchTest, BeginsLateWhereTheFirstLookFailed) {
  resident().clear();
  watch.begin(cell);
  EXPECT_FALSE(watch.is_over(cell));
  resident()[kPid] = 100 * kMiB;
  EXPECT_FALSE(watch.is_over(cell));
  resident()[kPid] = 1'000 * kMiB;
  EXPECT_TRUE(watch.is_over(cell));
}

TEST_F(MemoryWatchTest, LeavesACellAloneThatIsGoneOrNotCloned) {
  watch.begin(cell);
  resident().clear();
  EXPECT_FALSE(watch.is_over(cell));
  Cell not_cloned;
  watch.begin(not_cloned);
  EXPECT_FALSE(watch.is_over(not_cloned));
}

TEST_F(MemoryWatchTest, ReportsThePeakWithoutTheWarmImage) {
  watch.begin(cell);
  EXPECT_EQ(MemoryWatch::own_peak(cell, 150 * kMiB), 50 * kMiB);
  EXPECT_EQ(MemoryWatch::own_peak(cell, 90 * kMiB), 0U);  // some of the image was released
  EXPECT_EQ(MemoryWatch::own_peak(Cell{}, 150 * kMiB), 0U);
}

}  // namespace
}  // namespace forkjail::supervisor
