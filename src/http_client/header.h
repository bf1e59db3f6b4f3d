// A header field that an operator wants sent with each request: what a gateway before the service
// asks for, such as a token.
//
// `forkjail attack`, before anything is sent.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forkjail::http_client {

struct Header {
  std::string name;
  std::string value;
};

// "Name: value". Refused is what would be another message (control characters), or what frames the
// message and is ours to say.
[[nodiscard]] Result<Header> parse_header_field(std::string_view text);

// One a line, empty lines aside: what an environment variable holds.
[[nodiscard]] Result<std::vector<Header>> parse_header_fields(std::string_view lines);

}  // namespace forkjail::http_client
