#include "server/api/media_types.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace forkjail::server {
namespace {

struct Row {
  std::string_view ending;
  std::string_view type;
};

constexpr std::array kRows{
    Row{"bmp", "image/bmp"},
    Row{"csv", "text/csv"},
    Row{"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    Row{"gif", "image/gif"},
    Row{"gz", "application/gzip"},
    Row{"htm", "text/html"},
    Row{"html", "text/html"},
    Row{"jpeg", "image/jpeg"},
    Row{"jpg", "image/jpeg"},
    Row{"json", "application/json"},
    Row{"jsonl", "application/x-ndjson"},
    Row{"md", "text/markdown"},
    Row{"parquet", "application/vnd.apache.parquet"},
    Row{"pdf", "application/pdf"},
    Row{"png", "image/png"},
    Row{"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    Row{"py", "text/x-python"},
    Row{"svg", "image/svg+xml"},
    Row{"tsv", "text/tab-separated-values"},
    Row{"txt", "text/plain"},
    Row{"wav", "audio/wav"},
    Row{"webp", "image/webp"},
    Row{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    Row{"xml", "application/xml"},
    Row{"yaml", "application/yaml"},
    Row{"yml", "application/yaml"},
    Row{"zip", "application/zip"},
};

}  // namespace

std::string_view media_type_of(std::string_view path, bool is_text) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    std::string ending(name.substr(dot + 1));
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto* const row = std::ranges::find(kRows, ending, &Row::ending);
    if (row != kRows.end()) return row->type;
  }
  return is_text ? "text/plain" : "application/octet-stream";
}

}  // namespace forkjail::server
