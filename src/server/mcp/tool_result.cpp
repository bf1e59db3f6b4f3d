#include "server/mcp/tool_result.h"

#include <utility>

#include "base/base64.h"
#include "json/text.h"
#include "json/utf8.h"

namespace forkjail::server::mcp {
namespace {

// Base64 needs no escapes.
void append_base64_member(std::string& json, std::string_view name, std::string_view bytes) {
  json::append_key(json, name);
  json += '"';
  append_base64(json, bytes);
  json += '"';
}

std::string_view without_cut_start(std::string_view text) {
  constexpr unsigned kContinues = 0x80;  // of the two highest bits
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == kContinues) {
    text.remove_prefix(1);
  }
  return text;
}

}  // namespace

void ToolResult::begin(std::string_view type) {
  blocks_ += blocks_.empty() ? "{" : ",{";
  json::append_text_member(blocks_, "type", type);
}

void ToolResult::add_text(std::string_view text) {
  begin("text");
  json::append_text_member(blocks_, "text", shortened(text));
  blocks_ += "}";
}

void ToolResult::add_image(std::string_view base64, std::string_view media_type) {
  begin("image");
  json::append_key(blocks_, "data");
  blocks_.append("\"").append(base64).append("\"");
  json::append_text_member(blocks_, "mimeType", media_type);
  blocks_ += "}";
}

void ToolResult::add_image_bytes(std::string_view bytes, std::string_view media_type) {
  begin("image");
  append_base64_member(blocks_, "data", bytes);
  json::append_text_member(blocks_, "mimeType", media_type);
  blocks_ += "}";
}

void ToolResult::add_file(std::string_view uri, std::string_view media_type,
                          std::string_view bytes) {
  begin("resource");
  json::append_key(blocks_, "resource");
  append_contents(blocks_, uri, media_type, bytes);
  blocks_ += "}";
}

void ToolResult::add_link(std::string_view uri, std::string_view name, std::string_view media_type,
                          std::uint64_t size) {
  begin("resource_link");
  json::append_text_member(blocks_, "uri", uri);
  json::append_text_member(blocks_, "name", name);
  json::append_text_member(blocks_, "mimeType", media_type);
  json::append_key(blocks_, "size");
  blocks_.append(std::to_string(size)).append("}");
}

std::string ToolResult::take() {
  std::string json = R"({"content":[)" + std::exchange(blocks_, {}) + "]";
  json::append_key(json, "isError");
  return json.append(is_error_ ? "true" : "false").append("}");
}

ToolResult text_result(std::string_view text) {
  ToolResult result;
  result.add_text(text);
  return result;
}

ToolResult error_result(std::string_view text) {
  ToolResult result = text_result(text);
  result.set_error();
  return result;
}

void append_contents(std::string& json, std::string_view uri, std::string_view media_type,
                     std::string_view bytes) {
  json += "{";
  json::append_text_member(json, "uri", uri);
  json::append_text_member(json, "mimeType", media_type);
  if (json::is_utf8_text(bytes)) {
    json::append_text_member(json, "text", bytes);
  } else {
    append_base64_member(json, "blob", bytes);
  }
  json += "}";
}

std::string shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  const std::string_view start = json::without_cut_sequence(text.substr(0, bytes_max / 4 * 3));
  const std::string_view end = without_cut_start(text.substr(text.size() - (bytes_max / 4)));
  std::string cut(start);
  cut.append("\n[... ").append(std::to_string(text.size() - start.size() - end.size()));
  return cut.append(" bytes left out ...]\n").append(end);
}

}  // namespace forkjail::server::mcp
