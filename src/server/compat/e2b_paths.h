// Paths in a sandbox as E2B's clients write them, and the entries of a folder. Pure.
#pragma once

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

struct E2bFile {
  std::string path;
  std::uint64_t size = 0;
};
struct E2bEntry {
  std::string path;
  bool is_folder = false;
  std::uint64_t size = 0;
};
// What is in a folder, down to `depth`, at least 1; a folder is there by the files in it.
[[nodiscard]] std::vector<E2bEntry> e2b_entries(const std::vector<E2bFile>& files,
                                                std::string_view folder, std::uint64_t depth);
// One path; empty: there is no such.
[[nodiscard]] std::optional<E2bEntry> e2b_entry(const std::vector<E2bFile>& files,
                                                std::string_view path);
// {"name": ..., "type": "FILE_TYPE_FILE", "path": ..., ...}
[[nodiscard]] std::string e2b_entry_json(const E2bEntry& entry);

}  // namespace forkjail::server
