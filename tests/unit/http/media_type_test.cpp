#include "http/media_type.h"

#include <gtest/gtest.h>

namespace forkjail::http {
namespace {

TEST(MediaType, KnowsJsonWithParameters) {
  for (const char* type : {"application/json", "Application/JSON",
                           "application/json; charset=utf-8", " application/json ;x"}) {
    EXPECT_TRUE(is_json_content_type(type)) << type;
  }
  for (const char* type : {"", "text/plain", "application/jsonx", "application/json, text/html"}) {
    EXPECT_FALSE(is_json_content_type(type)) << type;
  }
}

TEST(MediaType, FindsOneThatAnAcceptHeaderNames) {
  for (const char* accept :
       {"text/event-stream", "Text/Event-Stream", "application/json, text/event-stream",
        "text/event-stream;q=0.5, */*", "text/event-stream ; q=0.05",
        "a/b;q=0,text/event-stream;v=1", "text/event-stream;q=0, text/event-stream"}) {
    EXPECT_TRUE(accepts_by_name(accept, "text/event-stream")) << accept;
  }
  for (const char* accept :
       {"", "*/*", "text/*", "application/json", "text/event-stream;q=0", "text/event-streams",
        "text/event-stream; Q=0.00", ",,,", "a;text/event-stream"}) {
    EXPECT_FALSE(accepts_by_name(accept, "text/event-stream")) << accept;
  }
}

}  // namespace
}  // namespace forkjail::http
