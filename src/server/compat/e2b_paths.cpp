#include "server/compat/e2b_paths.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "json/text.h"

namespace forkjail::server {
namespace {

constexpr std::array<std::string_view, 2> kHomes{"/home/user", kE2bDirectory};

// What of `path` is below the folder; empty: nothing.
std::string_view below(std::string_view path, std::string_view folder) {
  if (folder.empty()) return path;
  if (path.size() <= folder.size() + 1 || !path.starts_with(folder)) return {};
  return path[folder.size()] == '/' ? path.substr(folder.size() + 1) : std::string_view();
}

// [base64 of the path, whether it is a folder, bytes]
std::optional<E2bEntry> entry_of(const boost::json::array* row) {
  if (row == nullptr || row->size() != 3) return std::nullopt;
  const auto* const path = row->at(0).if_string();
  const auto* const is_folder = row->at(1).if_bool();
  boost::system::error_code ec;
  const auto size = row->at(2).is_number() ? row->at(2).to_number<std::uint64_t>(ec) : 0;
  if (path == nullptr || is_folder == nullptr || !row->at(2).is_number() || ec) return std::nullopt;
  E2bEntry entry{{}, *is_folder, size};
  append_base64_decoded(entry.path, {path->data(), path->size()});
  return entry;
}

}  // namespace

std::optional<std::string> e2b_path(std::string_view path) {
  if (path.starts_with("~/")) path.remove_prefix(2);
  if (path.starts_with('/')) {
    const auto home = std::ranges::find_if(kHomes, [path](std::string_view each) {
      return path == each || !below(path, each).empty() ||
             (path.size() == each.size() + 1 && path.starts_with(each) && path.ends_with('/'));
    });
    if (home == kHomes.end()) return std::nullopt;
    path = below(path, *home);
  }
  while (path.starts_with("./")) path.remove_prefix(2);
  while (path.ends_with('/')) path.remove_suffix(1);
  return std::string(path == "." ? std::string_view() : path);
}

std::string e2b_full_path(std::string_view path) {
  std::string full(kE2bDirectory);
  return path.empty() ? full : full.append("/").append(path);
}

std::optional<std::vector<E2bEntry>> e2b_entries(const boost::json::value& found) {
  const auto* const rows = found.if_array();
  if (rows == nullptr) return std::nullopt;
  std::vector<E2bEntry> entries;
  for (const boost::json::value& row : *rows) {
    auto entry = entry_of(row.if_array());
    if (!entry) return std::nullopt;
    entries.push_back(*std::move(entry));
  }
  return entries;
}

std::string e2b_entry_json(const E2bEntry& entry) {
  const std::string path = e2b_full_path(entry.path);
  std::string json = "{";
  json::append_key(json, "name");
  json::append_string(json, std::string_view(path).substr(path.rfind('/') + 1));
  json::append_key(json, "type");
  json::append_string(json, entry.is_folder ? "FILE_TYPE_DIRECTORY" : "FILE_TYPE_FILE");
  json::append_key(json, "path");
  json::append_string(json, path);
  json::append_key(json, "size");
  json::append_string(json, std::to_string(entry.size));  // a 64-bit number of Protobuf's JSON
  return json + "}";
}

}  // namespace forkjail::server
