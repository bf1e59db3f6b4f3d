#include "json/text.h"

#include <array>
#include <charconv>
#include <cmath>

#include "base/json_escape.h"
#include "json/utf8.h"

namespace forkjail::json {
namespace {

bool needs_escape(char c) { return needs_json_escape(static_cast<unsigned char>(c)); }

void append_escaped(std::string& out, char c) {
  append_json_escape(out, static_cast<unsigned char>(c));
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out.push_back('"');
  std::size_t plain_from = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!needs_escape(text[at])) continue;
    append_valid_utf8(out, text.substr(plain_from, at - plain_from));
    append_escaped(out, text[at]);
    plain_from = at + 1;
  }
  append_valid_utf8(out, text.substr(plain_from));
  out.push_back('"');
}

void append_escaped(std::string& out, std::string_view valid_text) {
  std::size_t plain_from = 0;
  for (std::size_t at = 0; at < valid_text.size(); ++at) {
    if (!needs_escape(valid_text[at])) continue;
    out.append(valid_text, plain_from, at - plain_from);
    append_escaped(out, valid_text[at]);
    plain_from = at + 1;
  }
  out.append(valid_text, plain_from, valid_text.size() - plain_from);
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  std::array<char, 32> digits;  // NOLINT(*-member-init): to_chars() fills it
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void append_key(std::string& out, std::string_view name) {
  if (!out.empty() && out.back() != '{') out.push_back(',');
  append_string(out, name);
  out.push_back(':');
}

void append_text_member(std::string& out, std::string_view name, std::string_view text) {
  append_key(out, name);
  append_string(out, text);
}

void append_number_member(std::string& out, std::string_view name, double value) {
  append_key(out, name);
  append_number(out, value);
}

void append_count_member(std::string& out, std::string_view name, std::uint64_t count) {
  append_key(out, name);
  out += std::to_string(count);
}

}  // namespace forkjail::json
