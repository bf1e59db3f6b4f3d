// The `files` of an answer as JSON, in slices: up to 10 MB of contents must not hold up the loop.
// Text goes out as `content`, everything else as `content_base64`. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "protocol/reply_decoder.h"

namespace forkjail::server {

class LeftFilesJson {
 public:
  // Both outlive it. Appends an array to `out`.
  LeftFilesJson(const std::vector<protocol::LeftFile>& files, std::string& out)
      : files_(files), out_(out) {}

  // Writes on, about `bytes_max` bytes of content, which must be a multiple of 3. False: the array
  // is complete.
  [[nodiscard]] bool step(std::size_t bytes_max);

 private:
  void begin(const protocol::LeftFile& file);
  void append_content(std::string_view content, std::size_t bytes_max);

  const std::vector<protocol::LeftFile>& files_;
  std::string& out_;
  std::size_t next_ = 0;  // the file after the one that is being written
  bool in_content_ = false;
  bool is_text_ = false;
  std::size_t content_at_ = 0;
};

// What the contents take together.
[[nodiscard]] std::size_t content_bytes(const std::vector<protocol::LeftFile>& files);

}  // namespace forkjail::server
