#include "zygote/read_ahead.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <string>

namespace forkjail::zygote {
namespace {

TEST(ReadAhead, LeavesNoProcessBehind) {
  const std::array<std::string, 2> modules{"json", "no_such_module"};
  {
    const ReadAhead read_ahead("/usr/lib/python3", modules);
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(ReadAhead, TakesADirectoryThatIsNotThere) {
  const std::array<std::string, 1> modules{"numpy"};
  {
    const ReadAhead read_ahead("/no/such/place", modules);
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

}  // namespace
}  // namespace forkjail::zygote
