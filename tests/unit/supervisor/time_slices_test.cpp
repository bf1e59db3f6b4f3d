#include "supervisor/time_slices.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Of the calling thread: sched_attr.sched_runtime, 24 bytes into it. Zero before Linux 6.12.
nanoseconds own_slice() {
  std::array<std::byte, 48> attributes{};
  EXPECT_EQ(::syscall(SYS_sched_getattr, 0, attributes.data(), attributes.size(), 0), 0);
  std::uint64_t runtime = 0;
  std::memcpy(&runtime, attributes.data() + 24, sizeof runtime);
  return nanoseconds{runtime};
}

class TimeSlices : public testing::Test {
 protected:
  std::string list(const std::string& threads) {
    const std::string path = directory_.path() / "threads";
    std::ofstream(path) << threads;
    return path;
  }
  std::string list_own() { return list(std::to_string(::gettid()) + "\n"); }

 private:
  TemporaryDirectory directory_;
};

TEST_F(TimeSlices, AreThoseOfThreadsOfTheListAndOfWhatTheyStart) {
  if (own_slice() == nanoseconds{0}) GTEST_SKIP() << "needs Linux 6.12";
  const nanoseconds usual = own_slice();
  const int policy = ::sched_getscheduler(0);
  ASSERT_TRUE(set_time_slices(list_own(), kLongTimeSlice));
  EXPECT_EQ(own_slice(), milliseconds{20});
  nanoseconds of_new{};
  std::thread([&] { of_new = own_slice(); }).join();
  EXPECT_EQ(of_new, milliseconds{20});
  ASSERT_TRUE(set_time_slices(list_own(), kUsualTimeSlice));
  EXPECT_EQ(own_slice(), usual);
  EXPECT_EQ(::sched_getscheduler(0), policy);
}

TEST_F(TimeSlices, LeaveTheNicenessAsItIs) {
  std::thread([this] {
    const int niceness = ::getpriority(PRIO_PROCESS, 0) + 1;
    ASSERT_EQ(::setpriority(PRIO_PROCESS, 0, niceness), 0);
    ASSERT_TRUE(set_time_slices(list_own(), kLongTimeSlice));
    EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), niceness);
  }).join();
}

TEST_F(TimeSlices, PassOverThreadsThatAreGone) {
  EXPECT_TRUE(set_time_slices(list(std::to_string(std::numeric_limits<pid_t>::max()) + "\n"),
                              kLongTimeSlice));
}

TEST_F(TimeSlices, SayThatThereIsNoList) {
  EXPECT_FALSE(set_time_slices("/proc/no-such-file", kLongTimeSlice));
}

}  // namespace
}  // namespace forkjail::supervisor
