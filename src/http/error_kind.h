// What kind of error an answer is, for programs, which should not compare texts: a word in the
// header Forkjail-Kind. Each status of an error has one; code that knows more sets its own.
#pragma once

#include <string_view>

#include "http/message.h"

namespace forkjail::http {

inline constexpr std::string_view kKindHeader = "Forkjail-Kind";

// Empty if a status alone does not tell.
[[nodiscard]] std::string_view kind_of_status(unsigned status);

// Replaces the kind that the answer has.
void set_kind(Response& response, std::string_view kind);
// Empty if it has none.
[[nodiscard]] std::string_view kind_of(const Response& response);

}  // namespace forkjail::http
