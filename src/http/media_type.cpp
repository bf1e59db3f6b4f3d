#include "http/media_type.h"

#include "http/field_text.h"

namespace forkjail::http {
namespace {

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
