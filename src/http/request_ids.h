// The id of a request, by which its client, the log and what is in between find it again: the
// client's own where it has the right form, else a new one. Owned by the service.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/sip_hash.h"

namespace forkjail::http {

class RequestIds {
 public:
  // New ids cannot be guessed without the secret.
  explicit RequestIds(const json::HashSecret& secret) : secret_(secret) {}

  [[nodiscard]] std::string choose(std::string_view sent);

 private:
  json::HashSecret secret_;
  std::uint64_t made_ = 0;
};

// 1 to 128 characters of [A-Za-z0-9._-]. Pure.
[[nodiscard]] bool is_request_id(std::string_view text);

}  // namespace forkjail::http
