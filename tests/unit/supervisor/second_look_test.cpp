#include "supervisor/second_look.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <limits>
#include <string>
#include <thread>

#include "unit/temporary_directory.h"

namespace forkjail::supervisor {
namespace {

constexpr pid_t kNoThread = std::numeric_limits<pid_t>::max();

int niceness_of(pid_t thread) { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(thread)); }

class SecondLook : public testing::Test {
 protected:
  void SetUp() override {
    bool may = false;
    std::thread([&may] { may = ::setpriority(PRIO_PROCESS, 0, niceness_of(0) - 1) == 0; }).join();
    if (!may) GTEST_SKIP() << "needs CAP_SYS_NICE";
  }
  ~SecondLook() override { over_.set_value(); }

  // Sleeps as long as the test runs.
  pid_t thread() { return id_.get_future().get(); }

 private:
  std::promise<void> over_;
  std::promise<pid_t> id_;
  std::jthread sleeper_{[this] {
    id_.set_value(::gettid());
    over_.get_future().wait();
  }};
};

TEST_F(SecondLook, ChangesTheNicenessEachTimeWithinAFewSteps) {
  const pid_t waiting = thread();
  const int usual = niceness_of(0);
  for (int i = 0; i < 20; ++i) {
    const int before = niceness_of(waiting);
    ASSERT_TRUE(look_again(waiting));
    const int after = niceness_of(waiting);
    EXPECT_NE(after, before);
    EXPECT_LE(after, usual);
    EXPECT_GE(after, usual - 8);
  }
}

TEST_F(SecondLook, IsTakenAtEachThreadOfTheList) {
  const TemporaryDirectory directory;
  const std::string path = directory.path() / "threads";
  const pid_t waiting = thread();
  std::ofstream(path) << kNoThread << '\n' << waiting << '\n';
  ASSERT_TRUE(look_again(path));
  EXPECT_EQ(niceness_of(waiting), niceness_of(0) - 1);
}

TEST(SecondLookWithoutThreads, PassesOverAThreadThatIsGone) { EXPECT_TRUE(look_again(kNoThread)); }

TEST(SecondLookWithoutThreads, SaysThatThereIsNoList) {
  EXPECT_FALSE(look_again(std::string("/proc/no-such-file")));
}

}  // namespace
}  // namespace forkjail::supervisor
