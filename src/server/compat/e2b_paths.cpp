#include "server/compat/e2b_paths.h"

#include <algorithm>
#include <array>
#include <set>

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

std::vector<E2bEntry> e2b_entries(const std::vector<E2bFile>& files, std::string_view folder,
                                  std::uint64_t depth) {
  std::vector<E2bEntry> entries;
  std::set<std::string, std::less<>> folders;
  for (const E2bFile& file : files) {
    const std::string_view rest = below(file.path, folder);
    if (rest.empty()) continue;
    const std::size_t start = file.path.size() - rest.size();
    std::size_t at = 0;
    for (std::uint64_t level = 0; level < std::max<std::uint64_t>(depth, 1); ++level) {
      const auto slash = rest.find('/', at);
      if (slash == std::string_view::npos) {
        entries.push_back({file.path, false, file.size});
        break;
      }
      const std::string path = file.path.substr(0, start + slash);
      if (folders.insert(path).second) entries.push_back({path, true, 0});
      at = slash + 1;
    }
  }
  return entries;
}

std::optional<E2bEntry> e2b_entry(const std::vector<E2bFile>& files, std::string_view path) {
  if (path.empty()) return E2bEntry{{}, true, 0};
  for (const E2bFile& file : files) {
    if (file.path == path) return E2bEntry{file.path, false, file.size};
    if (!below(file.path, path).empty()) return E2bEntry{std::string(path), true, 0};
  }
  return std::nullopt;
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
