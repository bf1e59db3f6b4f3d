// Base64 (RFC 4648, section 4), with padding. Line ends between the characters are accepted when
// reading, for `base64 FILE` writes them. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace forkjail {

// Checks text that comes in pieces; costs one look per character and keeps nothing.
class Base64Check {
 public:
  void add(std::string_view piece);
  // Whether all of it is the base64 of decoded_bytes() bytes.
  [[nodiscard]] bool valid() const { return good_ && (digits_ + padding_) % 4 == 0; }
  [[nodiscard]] std::size_t decoded_bytes() const { return digits_ * 3 / 4; }

 private:
  std::size_t digits_ = 0;
  std::size_t padding_ = 0;
  bool good_ = true;
};

// Appends the bytes that `text` stands for. Text that Base64Check refuses gives some bytes, never
// more than three for four characters.
void append_base64_decoded(std::string& out, std::string_view text);

// Appends the base64 of `bytes`. In pieces: each but the last a multiple of 3 bytes long.
void append_base64(std::string& out, std::string_view bytes);

}  // namespace forkjail
