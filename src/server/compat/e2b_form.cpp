#include "server/compat/e2b_form.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

namespace forkjail::server {
namespace {

// memmem(3) takes time in proportion to the body, whatever it holds; string_view::find() stops at
// each byte that begins the delimiter.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter) {
  const void* const found = ::memmem(body.data(), body.size(), delimiter.data(), delimiter.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - body.data());
}

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kBoundaryBytesMax = 2 + 70;
constexpr std::size_t kHeadBytesMax = 8'192;  // of one part

RequestError malformed(std::string_view what) {
  return {400, "the body is not multipart/form-data: " + std::string(what)};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::ranges::equal(text.substr(0, start.size()), start, {}, lower, lower);
}

// What a client has to escape in a name, as HTML defines it.
std::string unescaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 3> kEscapes{
      {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}}};
  std::string out;
  while (!text.empty()) {
    const auto escape = std::ranges::find_if(
        kEscapes, [text](const auto& each) { return text.starts_with(each.first); });
    const bool found = escape != kEscapes.end();
    out.push_back(found ? escape->second : text.front());
    text.remove_prefix(found ? escape->first.size() : 1);
  }
  return out;
}

// Of `form-data; name="file"; filename="a.txt"`; empty: there is none.
std::string parameter(std::string_view disposition, std::string_view name) {
  const std::string start = "; " + std::string(name) + "=\"";
  const auto at = disposition.find(start);
  if (at == std::string_view::npos) return {};
  disposition.remove_prefix(at + start.size());
  const auto end = disposition.find('"');
  return end == std::string_view::npos ? std::string() : unescaped(disposition.substr(0, end));
}

// From the part's headers.
std::optional<FormPart> part_of(std::string_view head) {
  constexpr std::string_view kDisposition = "content-disposition:";
  while (!head.empty()) {
    const auto end = std::min(head.find(kLineEnd), head.size());
    const std::string_view line = head.substr(0, end);
    if (starts_with_ignoring_case(line, kDisposition)) {
      return FormPart{parameter(line, "name"), parameter(line, "filename"), {}};
    }
    head.remove_prefix(std::min(end + kLineEnd.size(), head.size()));
  }
  return std::nullopt;
}

}  // namespace

std::variant<std::vector<FormPart>, RequestError> read_form(std::string_view body) {
  const auto first_end = body.substr(0, kBoundaryBytesMax + kLineEnd.size()).find(kLineEnd);
  if (!body.starts_with("--") || first_end == std::string_view::npos || first_end < 3) {
    return malformed("it does not begin with a boundary");
  }
  const std::string delimiter = std::string(kLineEnd).append(body.substr(0, first_end));
  body.remove_prefix(first_end + kLineEnd.size());
  std::vector<FormPart> parts;
  for (;;) {
    if (parts.size() == kFormPartsMax) return RequestError{413, "the body has too many files"};
    const auto head_end = body.substr(0, kHeadBytesMax).find("\r\n\r\n");
    if (head_end == std::string_view::npos) return malformed("a part has no end of its headers");
    auto part = part_of(body.substr(0, head_end));
    if (!part) return malformed("a part has no Content-Disposition");
    body.remove_prefix(head_end + 2 * kLineEnd.size());
    const auto end = find_delimiter(body, delimiter);
    if (end == std::string_view::npos) return malformed("the last boundary is missing");
    part->content = body.substr(0, end);
    parts.push_back(*std::move(part));
    body.remove_prefix(end + delimiter.size());
    if (body.starts_with("--")) return parts;
    if (!body.starts_with(kLineEnd)) return malformed("text stands behind a boundary");
    body.remove_prefix(kLineEnd.size());
  }
}

}  // namespace forkjail::server
