#include "http/multipart.h"

#include <algorithm>
#include <cstring>

#include "http/field_text.h"

namespace forkjail::http {
namespace {

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046
constexpr std::size_t kHeaderMax = 4'096;
constexpr std::size_t kPartsMax = 16;
constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeaderEnd = "\r\n\r\n";

// memmem(3) takes time in proportion to the body, whatever it holds; string_view::find() stops at
// each byte that begins the delimiter.
std::size_t find_delimiter(std::string_view body, std::string_view delimiter) {
  const void* const found = ::memmem(body.data(), body.size(), delimiter.data(), delimiter.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<std::size_t>(static_cast<const char*>(found) - body.data());
}

// What tells, in a part's headers, what the part is.
std::optional<std::string_view> disposition_of(std::string_view header) {
  constexpr std::string_view kName = "content-disposition:";
  while (!header.empty()) {
    const auto end = std::min(header.find(kLineEnd), header.size());
    if (starts_ignoring_case(header, kName)) {
      return header.substr(0, end).substr(kName.size());
    }
    header.remove_prefix(std::min(end + kLineEnd.size(), header.size()));
  }
  return std::nullopt;
}

// The value of `form-data; name="file"; filename="a.csv"` for "name"; empty: it is not there.
std::optional<std::string> parameter(std::string_view line, std::string_view name) {
  while (!line.empty()) {
    const auto start = line.find(';');
    if (start == std::string_view::npos) return std::nullopt;
    line.remove_prefix(start + 1);
    while (line.starts_with(' ')) line.remove_prefix(1);
    const bool found =
        starts_ignoring_case(line, name) && line.substr(name.size()).starts_with("=\"");
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

std::string_view problem_of(MultipartReader::State state) {
  switch (state) {
    case MultipartReader::State::no_boundary:
      return "the body is not multipart/form-data: it begins with no boundary";
    case MultipartReader::State::no_header_end:
      return "a part has no end of its header";
    case MultipartReader::State::no_part_end:
      return "a part has no end";
    default:
      return "the form has no file in that field";
  }
}

}  // namespace

MultipartReader::MultipartReader(std::string_view body, std::size_t header_bytes_max)
    : rest_(body), header_bytes_max_(header_bytes_max) {
  const auto first_line = body.substr(0, kBoundaryMax + 4).find(kLineEnd);
  if (!body.starts_with("--") || first_line == std::string_view::npos || first_line < 3) {
    state_ = State::no_boundary;
    return;
  }
  delimiter_ = std::string(kLineEnd).append(body.substr(0, first_line));
  rest_.remove_prefix(first_line);
}

std::optional<MultipartPart> MultipartReader::next() {
  if (state_ != State::reading) return std::nullopt;
  const auto stop = [this](State state) -> std::optional<MultipartPart> {
    state_ = state;
    return std::nullopt;
  };
  if (rest_.starts_with("--")) return stop(State::over);
  if (!rest_.starts_with(kLineEnd)) return stop(State::odd_boundary);
  rest_.remove_prefix(kLineEnd.size());
  const auto header_end = rest_.substr(0, header_bytes_max_).find(kHeaderEnd);
  if (header_end == std::string_view::npos) return stop(State::no_header_end);
  const auto disposition = disposition_of(rest_.substr(0, header_end));
  rest_.remove_prefix(header_end + kHeaderEnd.size());
  const auto end = find_delimiter(rest_, delimiter_);
  if (end == std::string_view::npos) return stop(State::no_part_end);
  const MultipartPart part{disposition, rest_.substr(0, end)};
  rest_.remove_prefix(end + delimiter_.size());
  return part;
}

std::variant<UploadedFile, MultipartProblem> uploaded_file(std::string_view body,
                                                           std::string_view field) {
  MultipartReader reader(body, kHeaderMax);
  for (std::size_t i = 0; i < kPartsMax; ++i) {
    const auto part = reader.next();
    if (!part) break;
    const std::string_view line = part->disposition.value_or("");
    if (parameter(line, "name") == field) {
      return UploadedFile{parameter(line, "filename").value_or(std::string()), part->content};
    }
  }
  return MultipartProblem{problem_of(reader.state())};
}

}  // namespace forkjail::http
