#include "server/compat/e2b_form.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/multipart.h"

namespace forkjail::server {
namespace {

using http::MultipartReader;

constexpr std::size_t kHeadBytesMax = 8'192;  // of one part

RequestError malformed(std::string_view what) {
  return {400, "the body is not multipart/form-data: " + std::string(what)};
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

RequestError problem_of(MultipartReader::State state) {
  switch (state) {
    case MultipartReader::State::no_boundary:
      return malformed("it does not begin with a boundary");
    case MultipartReader::State::no_header_end:
      return malformed("a part has no end of its headers");
    case MultipartReader::State::no_part_end:
      return malformed("the last boundary is missing");
    default:
      return malformed("text follows a boundary on its line");
  }
}

}  // namespace

std::variant<std::vector<FormPart>, RequestError> read_form(std::string_view body) {
  MultipartReader reader(body, kHeadBytesMax);
  std::vector<FormPart> parts;
  while (const auto part = reader.next()) {
    if (parts.size() == kFormPartsMax) return RequestError{413, "the body has too many files"};
    if (!part->disposition) return malformed("a part has no Content-Disposition");
    parts.push_back({parameter(*part->disposition, "name"),
                     parameter(*part->disposition, "filename"), part->content});
  }
  if (reader.state() != MultipartReader::State::over) return problem_of(reader.state());
  return parts;
}

}  // namespace forkjail::server
