#include "server/run/final_reply.h"

#include <utility>

#include "base/limits.h"
#include "json/check.h"
#include "server/run/failure_report.h"

namespace forkjail::server {
namespace {

constexpr std::size_t kDepthMax = kJsonDepthMax + 8;  // of values and bundles, checked coarsely

Reply value_reply(std::string& payload, std::string& value_json) {
  if (!json::is_valid(payload, kDepthMax)) return Tampered{"the value is not JSON"};
  value_json = std::move(payload);
  return ValueReply{};
}

Reply failure_reply(const std::string& payload) {
  auto failure = decode_failure(payload);
  if (!failure) return Tampered{"the report of a failure is malformed"};
  return *std::move(failure);
}

}  // namespace

bool is_mime_bundle(std::string_view text) {
  return text.starts_with('{') && json::is_valid(text, kDepthMax);
}

Reply final_reply(protocol::ReplyDecoder& decoder, std::string& value_json) {
  using State = protocol::ReplyDecoder::State;
  switch (decoder.state()) {
    case State::value:
      return value_reply(decoder.payload(), value_json);
    case State::failure:
      return failure_reply(decoder.payload());
    case State::violation:
      return Tampered{std::string(decoder.violation())};
    default:
      return NoReply{};
  }
}

}  // namespace forkjail::server
