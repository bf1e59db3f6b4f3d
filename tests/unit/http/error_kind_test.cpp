#include "http/error_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

using testing::SizeIs;

TEST(ErrorKind, FollowsFromTheStatusWhereThatTells) {
  EXPECT_EQ(kind_of(error_response(400, "no JSON")), "faulty_request");
  EXPECT_EQ(kind_of(error_response(413, "too large")), "too_large");
  EXPECT_EQ(kind_of(error_response(503, "busy")), "") << "it has many reasons";
}

TEST(ErrorKind, OfOneThatKnowsMoreReplacesIt) {
  Response response = error_response(404, "no such session");
  set_kind(response, "session_unknown");
  EXPECT_EQ(kind_of(response), "session_unknown");
  EXPECT_THAT(response.headers, SizeIs(1));
}

TEST(ErrorKind, IsAbsentFromASuccess) { EXPECT_EQ(kind_of(Response{}), ""); }

}  // namespace
}  // namespace forkjail::http
