// What passes the check decodes to as many bytes as it says; what does not decodes to no more than
// the text could hold. In pieces it comes to the same.
#include <cstddef>
#include <cstdint>

#include "base/base64.h"
#include "base/check.h"

using namespace forkjail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Base64Check whole;
  whole.add(text);
  Base64Check pieces;
  for (const char c : text) pieces.add({&c, 1});
  FORKJAIL_CHECK(whole.valid() == pieces.valid());
  FORKJAIL_CHECK(whole.decoded_bytes() == pieces.decoded_bytes());

  std::string decoded;
  append_base64_decoded(decoded, text);
  FORKJAIL_CHECK(decoded.size() <= text.size() * 3 / 4);
  if (whole.valid()) FORKJAIL_CHECK(decoded.size() == whole.decoded_bytes());

  std::string encoded;
  append_base64(encoded, text);
  std::string encoded_in_pieces;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    append_base64(encoded_in_pieces, text.substr(at, 3));
  }
  FORKJAIL_CHECK(encoded == encoded_in_pieces);
  Base64Check of_encoded;
  of_encoded.add(encoded);
  FORKJAIL_CHECK(of_encoded.valid() && of_encoded.decoded_bytes() == text.size());
  std::string again;
  append_base64_decoded(again, encoded);
  FORKJAIL_CHECK(again == text);
  return 0;
}
