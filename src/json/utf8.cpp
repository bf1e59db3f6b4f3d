#include "json/utf8.h"

#include <cstdint>
#include <cstring>

namespace forkjail::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// What may follow a lead byte: how long the sequence is and the range of its second byte, which is
// where overlong forms (E0, F0), surrogates (ED) and too large code points (F4) are told apart.
struct LeadByte {
  std::size_t length = 0;  // 0: no lead byte
  unsigned char second_min = 0x80;
  unsigned char second_max = 0xBF;
};

LeadByte classify(unsigned char lead) {
  if (lead < 0x80) return {1};
  if (lead < 0xC2) return {};
  if (lead < 0xE0) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {};
}

struct Prefix {
  std::size_t length = 0;  // bytes that belong to one well-formed sequence
  bool complete = false;
};

// The longest well-formed start of a sequence at the front of `text`, which is not empty.
Prefix sequence_prefix(std::string_view text) {
  const LeadByte lead = classify(static_cast<unsigned char>(text[0]));
  if (lead.length == 0) return {0, false};
  for (std::size_t i = 1; i < lead.length; ++i) {
    if (i == text.size()) return {i, false};
    const auto byte = static_cast<unsigned char>(text[i]);
    const unsigned char low = i == 1 ? lead.second_min : 0x80;
    const unsigned char high = i == 1 ? lead.second_max : 0xBF;
    if (byte < low || byte > high) return {i, false};
  }
  return {lead.length, true};
}

// Whether these 8 bytes are ASCII without NUL.
bool is_plain_word(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  constexpr std::uint64_t kLowBits = 0x0101010101010101;
  return ((word | (word - kLowBits)) & kHighBits) == 0;
}

}  // namespace

void append_valid_utf8(std::string& out, std::string_view text) {
  std::size_t clean_from = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const Prefix prefix = sequence_prefix(text.substr(at));
    if (prefix.complete) {
      at += prefix.length;
      continue;
    }
    out.append(text, clean_from, at - clean_from).append(kReplacement);
    at += prefix.length == 0 ? 1 : prefix.length;
    clean_from = at;
  }
  out.append(text, clean_from, text.size() - clean_from);
}

std::string_view without_cut_sequence(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const std::string_view tail = text.substr(text.size() - back);
    if ((static_cast<unsigned char>(tail[0]) & 0xC0) == 0x80) continue;  // look for the lead byte
    const Prefix prefix = sequence_prefix(tail);
    const bool cut = !prefix.complete && prefix.length == tail.size();
    return cut ? text.substr(0, text.size() - back) : text;
  }
  return text;
}

bool is_utf8_text(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    if (at + 8 <= text.size() && is_plain_word(text.data() + at)) {
      at += 8;
      continue;
    }
    const Prefix prefix = sequence_prefix(text.substr(at));
    if (!prefix.complete || text[at] == '\0') return false;
    at += prefix.length;
  }
  return true;
}

}  // namespace forkjail::json
