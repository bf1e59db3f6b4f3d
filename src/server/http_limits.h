// What a client may cost before its request is even looked at. Not flags: no honest client comes
// near them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace forkjail::server {

struct HttpLimits {
  std::uint32_t header_bytes_max = 16 * kKiB;        // request line included -> 431
  std::size_t header_fields_max = 100;               // -> 431
  std::size_t target_bytes_max = 8 * kKiB;           // -> 414
  std::size_t body_bytes_max = kBodyBytesMax;        // -> 413
  std::size_t chunk_extension_bytes_max = 4 * kKiB;  // of one body together -> 400
  // Bodies that are being read or decoded, of all connections together -> 503.
  std::size_t bodies_bytes_max = 256 * kMiB;
  std::size_t connections_max = 1'024;  // then the longest idle one is closed

  std::chrono::milliseconds idle_time_max{75'000};    // between two requests -> closed
  std::chrono::milliseconds header_time_max{10'000};  // from the first byte -> 408
  std::chrono::milliseconds body_time_max{60'000};    // -> 408
  std::chrono::milliseconds write_time_max{30'000};   // -> closed
  std::chrono::milliseconds linger_time_max{5'000};   // reading on after an early error
  std::size_t linger_bytes_max = 64 * kMiB;
};

}  // namespace forkjail::server
