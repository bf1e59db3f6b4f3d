#include "base/result.h"

#include <gtest/gtest.h>

namespace forkjail {
namespace {

TEST(Error, ReadsAsStepReasonAndAdvice) {
  EXPECT_EQ((Error{"mount scratch", EPERM, "needs CAP_SYS_ADMIN"}).to_string(),
            "mount scratch: Operation not permitted (needs CAP_SYS_ADMIN)");
  EXPECT_EQ((Error{"listen", 0, "no address"}).to_string(), "listen: no address");
  EXPECT_EQ((Error{"fork", EAGAIN, {}}).to_string(), "fork: Resource temporarily unavailable");
}

TEST(Error, KeepsTheErrnoOfTheCallThatFailed) {
  errno = ENOENT;
  EXPECT_EQ(errno_error("open").sys_errno, ENOENT);
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> good = 3;
  ASSERT_TRUE(good.ok());
  EXPECT_EQ(*good, 3);
  const Result<int> bad = Error{"x", 1, {}};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().step, "x");
  EXPECT_THROW((void)bad.value(), std::bad_variant_access);
}

}  // namespace
}  // namespace forkjail
