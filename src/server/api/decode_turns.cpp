#include "server/api/decode_turns.h"

namespace forkjail::server {

Task<std::optional<Decoded>> DecodeTurns::decode(std::string_view body, const RequestTerms& terms,
                                                 Interruption& interruption) {
  Turnstile& turnstile = body.size() <= kMediumBodyBytes ? medium_ : large_;
  const auto pass = co_await turnstile.enter(interruption);
  if (!pass || interruption.raised()) co_return std::nullopt;
  RequestDecoder decoder(body, terms, secret_);
  while (decoder.step(kDecodeSliceBytes)) {
    co_await turnstile.rest();
    if (interruption.raised()) co_return std::nullopt;
  }
  co_return decoder.finish();
}

}  // namespace forkjail::server
