#include "server/api/decode_turns.h"

namespace forkjail::server {

Task<bool> DecodeTurns::in_turns(std::size_t bytes, const Step& step, Interruption& interruption) {
  Turnstile& turnstile = bytes <= kMediumBodyBytes ? medium_ : large_;
  const auto pass = co_await turnstile.enter(interruption);
  if (!pass || interruption.raised()) co_return false;
  while (step(kDecodeSliceBytes)) {
    co_await turnstile.rest();
    if (interruption.raised()) co_return false;
  }
  co_return true;
}

Task<std::optional<Decoded>> DecodeTurns::decode(std::string_view body, const RequestTerms& terms,
                                                 Interruption& interruption) {
  std::optional<RequestDecoder> decoder;  // takes memory once it is its turn
  const Step step = [&](std::size_t slice_bytes) {
    if (!decoder) decoder.emplace(body, terms, secret_);
    return decoder->step(slice_bytes);
  };
  const bool done = co_await in_turns(body.size(), step, interruption);
  co_return done ? std::optional(decoder->finish()) : std::nullopt;
}

}  // namespace forkjail::server
