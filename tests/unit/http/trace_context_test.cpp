#include "http/trace_context.h"

#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

constexpr char kTrace[] = "4bf92f3577b34da6a3ce929d0e0e4736";

TEST(TraceContext, TakesTraceparent) {
  const auto context = trace_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", {});
  EXPECT_EQ(context.trace, kTrace);
  EXPECT_EQ(context.span, "00f067aa0ba902b7");
  EXPECT_TRUE(context.sampled);
}

TEST(TraceContext, TakesGooglesHeaderWithItsDecimalSpan) {
  const auto context = trace_context({}, "4bf92f3577b34da6a3ce929d0e0e4736/67667974448284343;o=1");
  EXPECT_EQ(context.trace, kTrace);
  EXPECT_EQ(context.span, "00f067aa0ba902b7");
  EXPECT_TRUE(context.sampled);
}

TEST(TraceContext, TakesATraceWithoutSpanOrOptions) {
  const auto context = trace_context({}, kTrace);
  EXPECT_EQ(context.trace, kTrace);
  EXPECT_EQ(context.span, "");
  EXPECT_FALSE(context.sampled);
}

TEST(TraceContext, PrefersTraceparent) {
  const auto context = trace_context("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
                                     "11111111111111111111111111111111/1;o=1");
  EXPECT_EQ(context.trace, kTrace);
  EXPECT_FALSE(context.sampled);
}

TEST(TraceContext, TakesNothingThatIsNotOfTheForm) {
  for (const char* traceparent :
       {"", "00", "00-", "00-zz", "garbage", "00-4bf92f3577b34da6a3ce929d0e0e4736",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e473\"-00f067aa0ba902b7-01"}) {
    EXPECT_EQ(trace_context(traceparent, {}).trace, "") << traceparent;
  }
  for (const char* cloud : {"/", ";o=1", "4bf9/1", "\",\"severity\":\"x\"/1;o=1"}) {
    EXPECT_EQ(trace_context({}, cloud).trace, "") << cloud;
  }
}

TEST(TraceContext, LeavesOutASpanThatIsNoNumber) {
  for (const char* cloud :
       {"4bf92f3577b34da6a3ce929d0e0e4736/x;o=1", "4bf92f3577b34da6a3ce929d0e0e4736/0;o=1",
        "4bf92f3577b34da6a3ce929d0e0e4736/99999999999999999999999"}) {
    const auto context = trace_context({}, cloud);
    EXPECT_EQ(context.trace, kTrace) << cloud;
    EXPECT_EQ(context.span, "") << cloud;
  }
}

}  // namespace
}  // namespace forkjail::http
