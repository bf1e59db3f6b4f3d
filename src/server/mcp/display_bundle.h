// The members of a mime bundle as the run sent it (checked JSON, an object), without parsing the
// pictures in it: a base64 text goes from the bundle into the answer as it is. Pure
// (tests/fuzz/mcp_message_fuzz.cpp).
#pragma once

#include <optional>
#include <string_view>

namespace forkjail::server::mcp {

// The value of a member as JSON text, such as `"iVBOR..."`. Empty: there is no such member. A name
// that is written with escapes is not found.
[[nodiscard]] std::optional<std::string_view> member_of(std::string_view object,
                                                        std::string_view name);

// A JSON string without escapes whose text is base64; its inside. Empty: it is not that.
[[nodiscard]] std::optional<std::string_view> base64_of(std::string_view json_string);

}  // namespace forkjail::server::mcp
