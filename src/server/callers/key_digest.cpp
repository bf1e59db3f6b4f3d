#include "server/callers/key_digest.h"

#include <sodium.h>

#include <algorithm>
#include <string>

namespace forkjail::server {

static_assert(crypto_hash_sha256_BYTES == std::tuple_size_v<KeyDigest>);

KeyDigest digest_of(std::string_view key) {
  KeyDigest digest{};
  const std::basic_string<unsigned char> bytes(key.begin(), key.end());
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return digest;
}

bool same(const KeyDigest& a, const KeyDigest& b) {
  return sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hex_of(const KeyDigest& digest) {
  std::array<char, (2 * std::tuple_size_v<KeyDigest>)+1> hex{};
  return sodium_bin2hex(hex.data(), hex.size(), digest.data(), digest.size());
}

std::optional<KeyDigest> parse_digest(std::string_view hex) {
  KeyDigest digest{};
  std::size_t length = 0;
  const char* end = nullptr;
  if (hex.size() != 2 * digest.size()) return std::nullopt;
  const int status =
      sodium_hex2bin(digest.data(), digest.size(), hex.data(), hex.size(), nullptr, &length, &end);
  if (status != 0 || length != digest.size() || end != hex.data() + hex.size()) return std::nullopt;
  return digest;
}

}  // namespace forkjail::server
