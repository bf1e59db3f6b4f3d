#include "supervisor/second_look.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <future>
#include <limits>
#include <string>
#include <thread>

#include "base/pipe.h"
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
  std::string list(const std::string& threads) {
    const std::string path = directory_.path() / "threads";
    std::ofstream(path) << threads;
    return path;
  }

 private:
  TemporaryDirectory directory_;
  std::promise<void> over_;
  std::promise<pid_t> id_;
  std::jthread sleeper_{[this] {
    id_.set_value(::gettid());
    over_.get_future().wait();
  }};
};

TEST_F(SecondLook, ChangesTheNicenessOfEachThreadOfTheListWithinAFewSteps) {
  const int usual = niceness_of(0);
  const pid_t waiting = thread();
  const std::string path = list(std::to_string(kNoThread) + "\n" + std::to_string(waiting) + "\n");
  for (int i = 0; i < 20; ++i) {
    const int before = niceness_of(waiting);
    ASSERT_TRUE(look_again(path, usual));
    const int after = niceness_of(waiting);
    EXPECT_NE(after, before);
    EXPECT_LE(after, usual);
    EXPECT_GE(after, usual - 8);
  }
}

TEST_F(SecondLook, TakesAThreadThatIsListedAsZeroForNone) {
  const int usual = niceness_of(0);
  ASSERT_TRUE(look_again(list("0\n"), usual));
  EXPECT_EQ(niceness_of(0), usual) << "to the kernel, 0 is the caller";
}

// The test's process is the parent of the one that looks at it.
TEST_F(SecondLook, BringsTheParentDownAFewStepsAndBackOnceItSleeps) {
  const int usual = niceness_of(0);
  Pipe told = *make_pipe();
  const pid_t child = ::fork();
  if (child == 0) {
    ParentLook look;
    for (int i = 0; i < 2; ++i) (void)look.take();
    if (niceness_of(::getppid()) != usual - 2) ::_exit(1);
    [[maybe_unused]] const auto written = ::write(told.write_end.get(), "x", 1);
    while (niceness_of(::getppid()) != usual) (void)look.recover();
    ::_exit(0);
  }
  std::array<char, 1> byte{};
  ASSERT_EQ(::read(told.read_end.get(), byte.data(), 1), 1);
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);  // asleep
  EXPECT_EQ(status, 0);
  EXPECT_EQ(niceness_of(0), usual);
}

TEST_F(SecondLook, SaysThatThereIsNoList) {
  EXPECT_FALSE(look_again("/proc/no-such-file", niceness_of(0)));
}

}  // namespace
}  // namespace forkjail::supervisor
