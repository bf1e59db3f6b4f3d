// What a script printed becomes a valid JSON string, and stays as it was when it was valid.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "server/json_check.h"
#include "server/json_text.h"
#include "server/utf8.h"

using namespace forkjail;
using namespace forkjail::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string json;
  append_json_string(json, text);
  FORKJAIL_CHECK(is_json(json, 2));

  std::string once;
  append_valid_utf8(once, text);
  std::string twice;
  append_valid_utf8(twice, once);
  FORKJAIL_CHECK(once == twice);
  FORKJAIL_CHECK(text.size() - without_cut_sequence(text).size() <= 3);
  return 0;
}
