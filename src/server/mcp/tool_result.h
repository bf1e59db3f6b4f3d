// The result of a tool, block by block: texts, pictures, files, links. Becomes the `result` of a
// JSON-RPC answer. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/limits.h"

namespace forkjail::server::mcp {

// Of one text for a model: what is longer keeps its start and its end.
inline constexpr std::size_t kTextBytesMax = 64 * kKiB;

class ToolResult {
 public:
  // Any bytes; what is not UTF-8 is replaced, what is too long is cut, and says so.
  void add_text(std::string_view text);
  // `base64`: checked.
  void add_image(std::string_view base64, std::string_view media_type);
  void add_image_bytes(std::string_view bytes, std::string_view media_type);
  // A file whose content is in the answer.
  void add_file(std::string_view uri, std::string_view media_type, std::string_view bytes);
  // A file that can be read by its address.
  void add_link(std::string_view uri, std::string_view name, std::string_view media_type,
                std::uint64_t size);
  void set_error() { is_error_ = true; }

  [[nodiscard]] bool is_error() const { return is_error_; }
  [[nodiscard]] bool empty() const { return blocks_.empty(); }
  // {"content": [...], "isError": ...}
  [[nodiscard]] std::string take();

 private:
  void begin(std::string_view type);

  std::string blocks_;
  bool is_error_ = false;
};

[[nodiscard]] ToolResult text_result(std::string_view text);
[[nodiscard]] ToolResult error_result(std::string_view text);

// {"uri": ..., "mimeType": ..., "text" or "blob": ...}
void append_contents(std::string& json, std::string_view uri, std::string_view media_type,
                     std::string_view bytes);

// `text` if it is short enough; else its start and its end, with a line between that says how much
// is left out.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t bytes_max = kTextBytesMax);

}  // namespace forkjail::server::mcp
