#include "http/multipart.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace forkjail::http {
namespace {

// memmem(3) takes time in proportion to the body, whatever it holds; string_view::find() stops at
// each byte that begins the delimiter.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter) {
  const void* const found = ::memmem(body.data(), body.size(), delimiter.data(), delimiter.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - body.data());
}

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046
constexpr std::size_t kHeaderMax = 4'096;
constexpr std::size_t kPartsMax = 16;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kDisposition = "content-disposition:";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_name(std::string_view line, std::string_view name) {
  return line.size() >= name.size() &&
         std::ranges::equal(line.substr(0, name.size()), name, {}, lower);
}

// The value of `form-data; name="file"; filename="a.csv"` for "name"; empty: it is not there.
std::optional<std::string> parameter(std::string_view line, std::string_view name) {
  while (!line.empty()) {
    const auto start = line.find(';');
    if (start == std::string_view::npos) return std::nullopt;
    line.remove_prefix(start + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    const bool found = starts_with_name(line, name) && line.substr(name.size()).starts_with("=\"");
    const auto quote = line.find('"');
    if (quote == std::string_view::npos) return std::nullopt;
    line.remove_prefix(quote + 1);
    std::string value;
    while (!line.empty() && line.front() != '"') {
      if (line.front() == '\\' && line.size() > 1) line.remove_prefix(1);
      value += line.front();
      line.remove_prefix(1);
    }
    if (line.empty()) return std::nullopt;
    line.remove_prefix(1);
    if (found) return value;
  }
  return std::nullopt;
}

// The line of a part's header that tells what it is; empty: there is none.
std::string_view disposition(std::string_view header) {
  while (!header.empty()) {
    const auto end = std::min(header.find(kLineEnd), header.size());
    if (starts_with_name(header, kDisposition)) return header.substr(0, end);
    header.remove_prefix(std::min(end + kLineEnd.size(), header.size()));
  }
  return {};
}

}  // namespace

std::variant<UploadedFile, MultipartProblem> uploaded_file(std::string_view body,
                                                           std::string_view field) {
  const auto first_line = body.substr(0, kBoundaryMax + 4).find(kLineEnd);
  if (!body.starts_with("--") || first_line == std::string_view::npos || first_line < 3) {
    return MultipartProblem{"the body is not multipart/form-data: it begins with no boundary"};
  }
  const std::string delimiter = std::string(kLineEnd).append(body.substr(0, first_line));
  body.remove_prefix(first_line);
  for (std::size_t i = 0; i < kPartsMax; ++i) {
    if (!body.starts_with(kLineEnd)) break;  // "--" is the end
    body.remove_prefix(kLineEnd.size());
    const auto header_end = body.substr(0, kHeaderMax).find("\r\n\r\n");
    if (header_end == std::string_view::npos)
      return MultipartProblem{"a part has no end of its header"};
    const std::string_view line = disposition(body.substr(0, header_end));
    body.remove_prefix(header_end + 4);
    const auto end = find_delimiter(body, delimiter);
    if (end == std::string_view::npos) return MultipartProblem{"a part has no end"};
    if (parameter(line, "name") == field) {
      return UploadedFile{parameter(line, "filename").value_or(std::string()), body.substr(0, end)};
    }
    body.remove_prefix(end + delimiter.size());
  }
  return MultipartProblem{"the form has no file in that field"};
}

}  // namespace forkjail::http
