// When a body is decoded: a small one at once, all others in slices with turns of the loop in
// between, so that no deadline, no run and no other request waits for more than a slice or two.
// One large decode at a time, because each has memory of its own; what is of a script's size has
// a turnstile to itself and does not wait for large ones. Owned by the service.
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "loop/interruption.h"
#include "loop/loop.h"
#include "loop/turnstile.h"
#include "server/api/request_decoder.h"

namespace forkjail::server {

inline constexpr std::size_t kSmallBodyBytes = 4 * kKiB;     // costs no more than its HTTP header
inline constexpr std::size_t kMediumBodyBytes = 128 * kKiB;  // a script of the largest size fits
inline constexpr std::size_t kDecodeSliceBytes = 16 * kKiB;  // the loop is busy with one that long

class DecodeTurns {
 public:
  // `secret` as for RequestDecoder, `is_shared` as for Turnstile.
  DecodeTurns(const Executor& executor, const json::HashSecret& secret,
              Turnstile::IsShared is_shared = {})
      : secret_(secret), medium_(executor), large_(executor, std::move(is_shared)) {}

  [[nodiscard]] static bool is_small(std::string_view body) {
    return body.size() <= kSmallBodyBytes;
  }
  [[nodiscard]] Decoded decode_small(std::string_view body, const RequestTerms& terms) const {
    return decode_request(body, terms, secret_);
  }

  // Calls `step` for slices of a text of `bytes` until it returns false, with turns of the loop in
  // between. False: interrupted. All outlive the call.
  using Step = std::function<bool(std::size_t slice_bytes)>;
  Task<bool> in_turns(std::size_t bytes, const Step& step, Interruption& interruption);

  // Of a body that is not small. Body and terms stay where they are meanwhile. Empty: interrupted.
  Task<std::optional<Decoded>> decode(std::string_view body, const RequestTerms& terms,
                                      Interruption& interruption);

 private:
  json::HashSecret secret_;
  Turnstile medium_;
  Turnstile large_;
};

}  // namespace forkjail::server
