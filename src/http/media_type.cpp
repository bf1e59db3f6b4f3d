#include "http/media_type.h"

#include <algorithm>
#include <cctype>

namespace forkjail::http {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// What stands before `separator`, which is taken off `text` with it.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return trimmed(part);
}

// "q=0", "q=0.0" and so on: not acceptable.
bool refuses(std::string_view parameter) {
  return parameter.size() >= 3 && equal_ignoring_case(parameter.substr(0, 2), "q=") &&
         parameter.find_first_not_of("0.", 2) == std::string_view::npos;
}

}  // namespace

bool is_json_content_type(std::string_view content_type) {
  return equal_ignoring_case(take_until(content_type, ';'), "application/json");
}

bool accepts_by_name(std::string_view accept, std::string_view media_type) {
  while (!accept.empty()) {
    std::string_view item = take_until(accept, ',');
    if (!equal_ignoring_case(take_until(item, ';'), media_type)) continue;
    bool refused = false;
    while (!item.empty()) refused = refuses(take_until(item, ';')) || refused;
    if (!refused) return true;
  }
  return false;
}

}  // namespace forkjail::http
