// What a script printed becomes a valid JSON string, and stays as it was when it was valid.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "json/check.h"
#include "json/text.h"
#include "json/utf8.h"

using namespace forkjail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string json;
  json::append_string(json, text);
  FORKJAIL_CHECK(json::is_valid(json, 2));

  std::string once;
  json::append_valid_utf8(once, text);
  std::string twice;
  json::append_valid_utf8(twice, once);
  FORKJAIL_CHECK(once == twice);
  FORKJAIL_CHECK(text.size() - json::without_cut_sequence(text).size() <= 3);
  return 0;
}
