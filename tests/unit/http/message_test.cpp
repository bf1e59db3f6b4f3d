// The header of an answer, for each kind of body.
#include "http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(ErrorResponse, NamesTheErrorInJson) {
  EXPECT_EQ(error_response(404, "a \"b\"").body, R"({"error":"a \"b\""})");
}

TEST(ResponseHead, CarriesWhatTheStatusCallsFor) {
  Response response = error_response(503, "busy");
  response.retry_after_s = 2;
  const std::string head = response_head(response, {.keep_alive = false, .date = "D"});
  EXPECT_THAT(head, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nRetry-After: 2\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 16\r\n"));
  EXPECT_THAT(head, EndsWith("\r\n\r\n"));
}

TEST(ResponseHead, HasAReasonForEachStatusOfTheContract) {
  for (const unsigned status :
       {200U, 201U, 202U, 204U, 304U, 400U, 401U, 403U, 404U, 405U, 408U, 409U,
        413U, 414U, 415U, 417U, 421U, 422U, 429U, 431U, 500U, 503U, 505U}) {
    EXPECT_NE(reason_phrase(status), "") << status;
  }
  EXPECT_EQ(reason_phrase(299), "");
}

TEST(ResponseHead, OfAnEmptyAnswerNamesNoType) {
  const std::string accepted = response_head(empty_response(202), {});
  EXPECT_THAT(accepted, HasSubstr("\r\nContent-Length: 0\r\n"));
  EXPECT_THAT(accepted, Not(HasSubstr("\r\nContent-Type")));
  for (const unsigned status : {kNoContent, kNotModified}) {
    const std::string head = response_head(empty_response(status), {});
    EXPECT_THAT(head, Not(HasSubstr("\r\nContent-")));
    EXPECT_THAT(head, Not(HasSubstr("Transfer-Encoding")));
  }
}

TEST(ResponseHead, IsKeptByNobodyUnlessTheAnswerSaysSo) {
  Response response;
  EXPECT_THAT(response_head(response, {}), HasSubstr("\r\nCache-Control: no-store\r\n"));
  response.cache_control = "no-cache";
  EXPECT_THAT(response_head(response, {}), HasSubstr("\r\nCache-Control: no-cache\r\n"));
}

TEST(ResponseHead, OfAnEmptyFileNamesItsType) {
  Response response;
  response.content_type = "text/csv";
  const std::string head = response_head(response, {});
  EXPECT_THAT(head, HasSubstr("\r\nContent-Type: text/csv\r\nContent-Length: 0\r\n"));
}

}  // namespace
}  // namespace forkjail::http
