#include "base/exhaustion.h"

#include <gtest/gtest.h>

#include "base/one_line.h"

namespace forkjail {
namespace {

TEST(Exhaustion, IsWhatAnotherTryMayHelp) {
  for (const int sys_errno : {ENOMEM, EMFILE, ENOSPC, EAGAIN})
    EXPECT_TRUE(is_exhaustion(sys_errno));
  for (const int sys_errno : {0, ENOENT, EACCES, EPERM, EINVAL, ENOEXEC}) {
    EXPECT_FALSE(is_exhaustion(sys_errno)) << sys_errno;
  }
}

TEST(Exhaustion, IsFoundInTheMessageOfALibrary) {
  EXPECT_EQ(exhaustion_named_in("ImportError: libx.so: Cannot allocate memory"), ENOMEM);
  EXPECT_EQ(exhaustion_named_in("OSError: [Errno 24] Too many open files: 'x'"), EMFILE);
  EXPECT_EQ(exhaustion_named_in("ModuleNotFoundError: No module named 'x'"), 0);
}

TEST(OneLine, JoinsLinesAndDropsControlCharacters) {
  EXPECT_EQ(one_line("\n  first\n\n\tsecond \x1b[1m\n"), "first second [1m");
  EXPECT_EQ(one_line(""), "");
}

}  // namespace
}  // namespace forkjail
