// Paths in a sandbox as E2B's clients write them, and the entries of a folder. Pure.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkjail::server {

// The working directory, as scripts see it.
inline constexpr std::string_view kE2bDirectory = "/scratch/work";

// Why a path is refused.
inline constexpr std::string_view kE2bElsewhere =
    "only files below /home/user can be reached: it is the working directory, /scratch/work";

// `path` from the working directory: "/home/user/a" and "/scratch/work/a" are "a"; the directory
// itself is the empty text. Empty optional: it leads elsewhere.
[[nodiscard]] std::optional<std::string> e2b_path(std::string_view path);
// The way back.
[[nodiscard]] std::string e2b_full_path(std::string_view path);

struct E2bEntry {
  std::string path;
  bool is_folder = false;
  std::uint64_t size = 0;
};
// What a cell claims to have found (protocol::RunMode::list_folder); empty: it is not of that form.
[[nodiscard]] std::optional<std::vector<E2bEntry>> e2b_entries(const boost::json::value& found);
// {"name": ..., "type": "FILE_TYPE_FILE", "path": ..., ...}
[[nodiscard]] std::string e2b_entry_json(const E2bEntry& entry);

}  // namespace forkjail::server
