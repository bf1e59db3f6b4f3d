#include "main/key_command.h"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "server/callers/key_digest.h"
#include "server/callers/key_file.h"

namespace forkjail {
namespace {

constexpr std::size_t kRandomBytes = 20;

std::string hex(const std::array<unsigned char, kRandomBytes>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text.push_back(kDigits.at(byte >> 4U));
    text.push_back(kDigits.at(byte & 0xFU));
  }
  return text;
}

}  // namespace

int make_key(const KeyWish& wish, std::ostream& out) {
  if (!server::is_key_name(wish.name)) {
    std::fprintf(stderr, "forkjail: --name must be 1 to 64 letters, digits or \"._-\"\n");
    return 2;
  }
  if (!wish.prefix.empty() && !server::is_key_name(wish.prefix)) {
    std::fprintf(stderr, "forkjail: --prefix must be up to 64 letters, digits or \"._-\"\n");
    return 2;
  }
  std::array<unsigned char, kRandomBytes> random{};
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    std::perror("forkjail: getrandom");
    return 1;
  }
  const std::string key = wish.prefix + hex(random);
  out << key << "\n" << server::key_row_json(wish.name, server::digest_of(key)) << std::endl;
  return out ? 0 : 1;
}

}  // namespace forkjail
