// What a client may cost before its request is even looked at. Not flags: no honest client comes
// near them.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace forkjail::http {

struct Limits {
  std::uint32_t header_bytes_max = 16 * kKiB;        // request line included -> 431
  std::size_t header_fields_max = 100;               // -> 431
  std::size_t target_bytes_max = 8 * kKiB;           // -> 414
  std::size_t body_bytes_max = kBodyBytesMax;        // -> 413
  std::size_t chunk_extension_bytes_max = 4 * kKiB;  // of one body together -> 400

  // Of all connections together. A body counts with what has arrived of it, an answer from when its
  // client does not take it at once.
  std::size_t bodies_bytes_max = 256 * kMiB;    // until they are answered -> 503
  std::size_t answers_bytes_max = 128 * kMiB;   // then the one that moves least is closed
  std::size_t body_bytes_free = 64 * kKiB;      // the start of each body is not counted
  std::size_t stream_buffer_bytes = 64 * kKiB;  // of one stream: then its script has to wait
  // What the kernel may hold of answers for one connection. It decides where waiting begins.
  std::size_t send_buffer_bytes = 128 * kKiB;

  // Then the one that has waited longest is closed, but not one that has waited for less than
  // `waiting_time_min`.
  std::size_t connections_max = 1'024;
  std::chrono::milliseconds waiting_time_min{1'000};
  // Beyond those, for newcomers that find no place. A complete request is answered there: always on
  // the status paths, on others while fewer than `kept_back_busy_max` are being answered. A
  // connection that has sent no request soon gives way to the next one, so that none waits long to
  // be accepted.
  std::size_t kept_back_max = 128;
  std::size_t kept_back_busy_max = 64;
  std::chrono::milliseconds kept_back_waiting_time_min{10};
  std::chrono::milliseconds kept_back_time_max{1'000};

  std::chrono::milliseconds idle_time_max{75'000};    // between two requests -> closed
  std::chrono::milliseconds header_time_max{10'000};  // from the first byte -> 408
  std::chrono::milliseconds body_time_max{60'000};    // -> 408
  std::chrono::milliseconds write_time_max{30'000};   // -> closed
  std::chrono::milliseconds linger_time_max{5'000};   // reading on after an early error
  std::size_t linger_bytes_max = 64 * kMiB;
  // A stream of which its client takes nothing for so long is closed. What it takes may be little.
  std::chrono::milliseconds stream_stall_time_max{30'000};
  // A body or an answer must move by so many bytes in so much time, -> 408 or closed.
  std::size_t pace_bytes = 32 * kKiB;
  std::chrono::milliseconds pace_time_max{10'000};
  // While the service drains.
  std::chrono::milliseconds draining_pace_time_max{2'000};
  std::chrono::milliseconds draining_linger_time_max{500};
};

}  // namespace forkjail::http
