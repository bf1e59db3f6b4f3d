#include "server/sessions/session_id.h"

#include <sys/random.h>

#include <algorithm>
#include <array>

namespace forkjail::server {
namespace {

constexpr std::size_t kSecretBytes = 16;
constexpr std::size_t kInstanceNameMax = 63;
constexpr std::string_view kDigits = "0123456789abcdef";

bool may_stand_in_name(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

bool is_digit(char c) { return kDigits.find(c) != std::string_view::npos; }

}  // namespace

Result<std::string> new_session_id(std::string_view instance) {
  std::array<unsigned char, kSecretBytes> secret{};
  if (::getrandom(secret.data(), secret.size(), 0) != static_cast<ssize_t>(secret.size())) {
    return errno_error("getrandom");
  }
  std::string id(instance);
  id.push_back('.');
  for (const unsigned char byte : secret) {
    id.push_back(kDigits.at(byte / kDigits.size()));
    id.push_back(kDigits.at(byte % kDigits.size()));
  }
  return id;
}

std::optional<std::string_view> instance_of(std::string_view id) {
  const auto dot = id.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot > kInstanceNameMax) return std::nullopt;
  const std::string_view name = id.substr(0, dot);
  const std::string_view secret = id.substr(dot + 1);
  const bool valid = secret.size() == 2 * kSecretBytes && std::ranges::all_of(secret, is_digit) &&
                     std::ranges::all_of(name, may_stand_in_name);
  return valid ? std::optional(name) : std::nullopt;
}

std::string instance_name(std::string_view text) {
  std::string name(text.substr(0, kInstanceNameMax));
  std::ranges::replace_if(name, [](char c) { return !may_stand_in_name(c); }, '-');
  return name.empty() ? "forkjail" : name;
}

}  // namespace forkjail::server
