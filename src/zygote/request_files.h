// The files of a request in the cell's working directory: put there before the script runs, and
// recognised afterwards. Cell only; the paths were checked by the server
// (server/api/file_fields.h).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace forkjail::zygote {

// What a file of the request was when the script began. The hash is not cryptographic: a script
// that finds other content with this hash hides a change from its own client, nothing more.
struct PlacedFile {
  std::string path;
  std::uint64_t size = 0;
  std::uint64_t hash = 0;
};

// Hashes a content that comes in pieces of any size.
class ContentHash {
 public:
  void add(std::string_view piece);
  [[nodiscard]] std::uint64_t value() const { return state_; }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325;  // FNV-1a
};

// Whether the working directory is new and empty, or what lies there under a file's name is
// replaced.
enum class PlacedOver : std::uint8_t { nothing, replaces };

// Writes the files of `block` (protocol/file_block.h) below the current directory, which is the
// cell's working directory, and makes the folders that they name. With
// `to_be_recognised` the result has a row for each file, sorted by path; else it is empty, and
// nothing is hashed. Errors: as open(2), write(2), mkdir(2), with the path in `detail`.
[[nodiscard]] Result<std::vector<PlacedFile>> place_files(std::string_view block,
                                                          bool to_be_recognised,
                                                          PlacedOver over = PlacedOver::nothing);

}  // namespace forkjail::zygote
