// The id of a session: the instance that it lives in, a dot, and 128 random bits in hexadecimal.
// Any client that knows it may use the session, so it cannot be guessed, and no log has it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace forkjail::server {

// `instance` is a name that an id can have.
[[nodiscard]] Result<std::string> new_session_id(std::string_view instance);

// The instance's name in an id; empty: `id` is not one.
[[nodiscard]] std::optional<std::string_view> instance_of(std::string_view id);

// A name of at most 63 letters, digits, '-', '_' and '.' made of any text, such as the host's name.
[[nodiscard]] std::string instance_name(std::string_view text);

}  // namespace forkjail::server
