// The reply of a cell, taken from its decoder: a claim of the cell, of which only the form is
// checked here. Whether it is believed: outcome.h.
#pragma once

#include <string>
#include <string_view>

#include "protocol/reply_decoder.h"
#include "server/run/outcome.h"

namespace forkjail::server {

[[nodiscard]] bool is_mime_bundle(std::string_view text);

// Moves the value of a ValueReply into `value_json`. A value that is not JSON and a failure that is
// malformed are tampering.
[[nodiscard]] Reply final_reply(protocol::ReplyDecoder& decoder, std::string& value_json);

}  // namespace forkjail::server
