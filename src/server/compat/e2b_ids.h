// The id of an E2B sandbox: the id of its first session the other way round, so that it begins with
// what cannot be guessed and has no dot before the instance's name, as a label of a host name. And
// the token that goes with it. Pure but for the random bits.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forkjail::server {

// "SECRET-INSTANCE" of "INSTANCE.SECRET".
[[nodiscard]] std::string e2b_id_of_session(std::string_view session_id);
// The way back; empty: `id` is not one.
[[nodiscard]] std::optional<std::string> session_of_e2b_id(std::string_view id);

// 128 random bits in hexadecimal.
[[nodiscard]] Result<std::string> new_e2b_token();
// In a time that does not depend on where they differ.
[[nodiscard]] bool equal_tokens(std::string_view a, std::string_view b);

}  // namespace forkjail::server
