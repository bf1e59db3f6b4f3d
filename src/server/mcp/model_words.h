// What an endpoint says, in the words of the tools: a model knows no paths. Pure.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace forkjail::server::mcp {

// The error line of an answer of the sessions' endpoints.
[[nodiscard]] std::string words_of(const http::Response& answer);
[[nodiscard]] std::string in_model_words(std::string text);

}  // namespace forkjail::server::mcp
