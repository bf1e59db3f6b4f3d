#include "http/request_ids.h"

#include <algorithm>

#include "base/hex_digits.h"

namespace forkjail::http {
namespace {

constexpr std::size_t kIdBytesMax = 128;
constexpr std::size_t kNewIdDigits = 32;

bool may_stand_in_id(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= kIdBytesMax && std::ranges::all_of(text, may_stand_in_id);
}

std::string RequestIds::choose(std::string_view sent) {
  if (is_request_id(sent)) return std::string(sent);
  json::SipHash hash(secret_);
  const std::uint64_t number = ++made_;
  hash.update({reinterpret_cast<const char*>(&number), sizeof number});
  const auto [low, high] = hash.finish();
  std::string id;
  id.reserve(kNewIdDigits);
  return id.append(HexDigits(high).text()).append(HexDigits(low).text());
}

}  // namespace forkjail::http
