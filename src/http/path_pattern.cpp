#include "http/path_pattern.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "json/utf8.h"

namespace forkjail::http {
namespace {

// Up to the next slash, which is taken off `path` with it; the slash in front must be there.
std::string_view take_segment(std::string_view& path) {
  const std::string_view part = path.substr(1, path.find('/', 1) - 1);
  path.remove_prefix(part.size() + 1);
  return part;
}

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

// Empty: an escape is invalid.
std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded.push_back(text[at]);
      continue;
    }
    if (text.size() - at < 3) return std::nullopt;
    const auto high = hex_digit(text[at + 1]);
    const auto low = hex_digit(text[at + 2]);
    if (!high || !low) return std::nullopt;
    decoded.push_back(static_cast<char>((*high * 16) + *low));
    at += 2;
  }
  return decoded;
}

bool has_parent_segment(std::string_view path) {
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (path.substr(at, end - at) == "..") return true;
    at = end + 1;
  }
  return false;
}

}  // namespace

PathPattern::PathPattern(std::string_view text)
    : text_(text), is_literal_(text.find('{') == std::string_view::npos) {
  while (!text.empty()) {
    FORKJAIL_CHECK(text.starts_with('/'));
    FORKJAIL_CHECK(segments_.empty() || segments_.back().kind != Kind::rest);
    segments_.push_back(parse(take_segment(text)));
  }
}

PathPattern::Segment PathPattern::parse(std::string_view part) {
  if (!part.starts_with('{')) return {Kind::literal, part};
  FORKJAIL_CHECK(part.ends_with('}'));
  const std::string_view name = part.substr(1, part.size() - 2);
  if (!name.ends_with("...")) return {Kind::segment, name};
  return {Kind::rest, name.substr(0, name.size() - 3)};
}

PathMatch PathPattern::match(std::string_view path, PathParameters& parameters) const {
  if (is_literal_) return path == text_ ? PathMatch::yes : PathMatch::no;
  PathParameters taken;
  bool valid = true;
  for (const Segment& segment : segments_) {
    if (!path.starts_with('/')) return PathMatch::no;
    std::string_view part = path.substr(1);
    if (segment.kind == Kind::rest) {
      path = {};
    } else {
      part = take_segment(path);
    }
    if (segment.kind == Kind::literal) {
      if (part != segment.text) return PathMatch::no;
      continue;
    }
    if (part.empty()) return PathMatch::no;
    auto value = percent_decoded(part);
    valid = valid && value && json::is_utf8_text(*value) && !has_parent_segment(*value) &&
            (segment.kind == Kind::rest || value->find('/') == std::string::npos);
    if (valid) taken.push_back({segment.text, *std::move(value)});
  }
  if (!path.empty()) return PathMatch::no;
  if (!valid) return PathMatch::invalid;
  parameters = std::move(taken);
  return PathMatch::yes;
}

}  // namespace forkjail::http
