#include "supervisor/cell_process.h"

#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "supervisor/process_facts.h"

namespace forkjail::supervisor {
namespace {

constexpr std::chrono::seconds kLong{30};

// A child that waits to be killed; reaped at the end.
class Child {
 public:
  Child() : pid_(::fork()) {
    while (pid_ == 0) ::pause();
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

TEST(CellProcess, BeforeTheCloneThereIsNone) {
  const CellProcess none;
  EXPECT_FALSE(none.exists());
  EXPECT_EQ(none.pid(), 0);
  none.kill();  // of nobody: our own group would be number 0
  none.wait_for_death(kLong);
}

TEST(CellProcess, ByDescriptorIsKilledAndItsDeathIsSeen) {
  const Child child;
  const auto cell = CellProcess::by_descriptor(
      UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, child.pid(), 0))));
  EXPECT_TRUE(cell.exists());
  EXPECT_FALSE(cell.is_held());
  EXPECT_EQ(cell.pid(), child.pid());
  cell.kill();
  cell.wait_for_death(kLong);
  EXPECT_FALSE(is_alive(child.pid()));
}

TEST(CellProcess, ByNumberIsSeenDeadWhileItsParentStillHoldsIt) {
  const Child child;
  const auto cell = CellProcess::by_number(child.pid());
  EXPECT_TRUE(cell.is_held());
  EXPECT_TRUE(is_alive(child.pid()));
  cell.kill();
  cell.wait_for_death(kLong);
  EXPECT_FALSE(is_alive(child.pid()));
  EXPECT_EQ(::kill(child.pid(), 0), 0) << "the corpse keeps the number";
}

TEST(CellProcess, NumberThatWasReapedIsSignalledNoMore) {
  const Child child;
  auto cell = CellProcess::by_number(child.pid());
  cell.reaped();
  cell.kill();
  EXPECT_TRUE(is_alive(child.pid()));
  EXPECT_TRUE(cell.exists()) << "there was one";
}

}  // namespace
}  // namespace forkjail::supervisor
