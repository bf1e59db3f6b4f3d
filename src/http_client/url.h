// Where a deployment is, as an operator writes it: http[s]://HOST[:PORT][/PREFIX].
//
// `forkjail attack` and `forkjail health`, before anything is sent.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace forkjail::http_client {

struct Url {
  bool tls = false;
  std::string host;    // a name or an address; of IPv6 without the brackets
  std::string port;    // digits
  std::string prefix;  // put before each path; empty, or begins with a slash and does not end so
};

// No user and password (ps(1) would show them), no query, no fragment.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

// The host as the Host header names it: "localhost", "[::1]:8080".
[[nodiscard]] std::string host_header(const Url& url);

}  // namespace forkjail::http_client
