// Values of request headers that the service reads itself: Accept, Content-Type, X-Request-Id.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "http/media_type.h"
#include "http/request_ids.h"

using namespace forkjail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kEvents = "text/event-stream";
  const std::string text(reinterpret_cast<const char*>(data), size);
  FORKJAIL_CHECK(!http::accepts_by_name(text, kEvents) || size >= kEvents.size());
  FORKJAIL_CHECK(http::accepts_by_name(text + "," + std::string(kEvents), kEvents));
  FORKJAIL_CHECK(!http::is_json_content_type(text) || http::is_json_content_type(text + "; a=b"));

  http::RequestIds ids({1, 2});
  const std::string id = ids.choose(text);
  FORKJAIL_CHECK(http::is_request_id(id));
  FORKJAIL_CHECK(http::is_request_id(text) == (id == text));
  return 0;
}
