// What a cell claims to have found in a folder: of a list of any form each row is read or the whole
// is refused, and whatever a path is, its entry is valid JSON that leads below the directory.
#include <boost/json/parse.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/check.h"
#include "json/check.h"
#include "server/adapters/json_document.h"
#include "server/compat/e2b_paths.h"

using namespace forkjail;

namespace {

void check_entry(const server::E2bEntry& entry) {
  const std::string json = server::e2b_entry_json(entry);
  FORKJAIL_CHECK(json::is_valid(json, 1));
  const auto object = boost::json::parse(json).as_object();
  const std::string_view path(object.at("path").as_string());
  const std::string_view name(object.at("name").as_string());
  FORKJAIL_CHECK(object.size() == 4 && path.ends_with(name));
  FORKJAIL_CHECK(path == server::kE2bDirectory ||
                 path.starts_with(std::string(server::kE2bDirectory) + "/"));
  FORKJAIL_CHECK(object.at("size").as_string() == std::to_string(entry.size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document = server::parse_document({reinterpret_cast<const char*>(data), size});
  const auto* const found = std::get_if<boost::json::value>(&document);
  if (found == nullptr) return 0;
  const auto entries = server::e2b_entries(*found);
  if (!entries) return 0;
  FORKJAIL_CHECK(found->is_array() && entries->size() == found->as_array().size());
  for (const server::E2bEntry& entry : *entries) {
    FORKJAIL_CHECK(entry.path.size() <= size);
    check_entry(entry);
  }
  return 0;
}
