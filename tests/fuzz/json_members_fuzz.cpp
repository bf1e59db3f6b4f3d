// Bundles come from cells. Of a valid object the members are all of it; a line made of any bundle
// is one line of valid JSON.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "json/check.h"
#include "server/compat/e2b_lines.h"
#include "server/compat/json_members.h"

namespace {

void check_members(std::string_view object) {
  boost::json::error_code ec;
  const auto value = boost::json::parse(object, ec);
  if (ec || !value.is_object()) return;
  std::string again = "{";
  forkjail::server::JsonMembers members(object);
  while (const auto member = members.next()) {
    if (again.size() > 1) again += ",";
    again.append("\"").append(member->name).append("\":").append(member->value);
  }
  if (boost::json::parse(again + "}") != value) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  forkjail::server::JsonMembers members(text);
  while (members.next()) {
  }
  const std::string line = forkjail::server::e2b_result_line(text);
  if (line.find('\n') != line.size() - 1) std::abort();
  if (!text.starts_with('{') || !forkjail::json::is_valid(text, 32)) return 0;
  check_members(text);
  if (!forkjail::json::is_valid(line.substr(0, line.size() - 1), 64)) std::abort();
  return 0;
}
