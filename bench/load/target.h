// Target: where to send, and the bytes to send there. Loopback only: this program must not become a
// tool against other people's machines.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forkjail::load {

struct Target {
  sockaddr_in address{};
  std::string authority;  // "127.0.0.1:8080", the Host header
  std::string path;
};

// "http://HOST[:PORT][/PATH]" with HOST in 127.0.0.0/8 or "localhost".
Result<Target> parse_target(std::string_view url);

// A request as it goes over the wire. Where the body holds kNoncePlaceholder, each request gets 16
// hexadecimal digits of its own, so that no two bodies are alike and no cache can answer.
inline constexpr std::string_view kNoncePlaceholder = "%nonce-16-digits";

struct RequestText {
  static constexpr std::size_t kNoNonce = std::numeric_limits<std::size_t>::max();
  std::string bytes;
  std::size_t nonce_at = kNoNonce;
};

// A POST of JSON; a GET where there is no body.
RequestText make_request(const Target& target, std::string_view body, std::string_view header);
// Overwrites the placeholder in `bytes`, a copy of request.bytes.
void put_nonce(std::string& bytes, std::size_t nonce_at, std::uint64_t nonce);

}  // namespace forkjail::load
