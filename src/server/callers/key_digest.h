// The SHA-256 of a key: all that the service knows of it. By libsodium, as its comparison in
// constant time.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::server {

using KeyDigest = std::array<unsigned char, 32>;

[[nodiscard]] KeyDigest digest_of(std::string_view key);
// Of two digests in a time that does not depend on where they differ.
[[nodiscard]] bool same(const KeyDigest& a, const KeyDigest& b);

[[nodiscard]] std::string hex_of(const KeyDigest& digest);
// 64 hexadecimal digits.
[[nodiscard]] std::optional<KeyDigest> parse_digest(std::string_view hex);

}  // namespace forkjail::server
