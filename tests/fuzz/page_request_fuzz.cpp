// The two fields of a request that the page reads: Accept-Encoding and If-None-Match, the first
// line and the rest. Whatever they hold, the answer is one of the three forms, or 304 without a
// body.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "server/page/page_response.h"

using forkjail::http::RequestHeader;
using forkjail::server::Caching;
using forkjail::server::PageFile;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr PageFile kFile{"/", "index.html", "abcd", Caching::revalidate, "plain", "gzip", "br"};
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = input.find('\n');
  forkjail::http::RequestHeaders headers;
  headers.set(RequestHeader::accept_encoding, std::string(input.substr(0, end)));
  if (end != std::string_view::npos) {
    headers.set(RequestHeader::if_none_match, std::string(input.substr(end + 1)));
  }
  const auto response = page_response(kFile, headers);
  const bool whole =
      response.status == 200 && (response.body == kFile.plain || response.body == kFile.gzip ||
                                 response.body == kFile.brotli);
  FORKJAIL_CHECK(whole || (response.status == 304 && response.body.empty()));
  return 0;
}
