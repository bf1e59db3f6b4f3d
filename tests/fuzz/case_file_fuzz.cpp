// Any text is either a case with all that a case must have, or is refused with a reason; and
// reading stops at the header's end.
#include <cstddef>
#include <cstdint>

#include "attack/case_file.h"
#include "base/check.h"

using namespace forkjail;
using namespace forkjail::attack;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto file = parse_header(text);
  if (!file) {
    FORKJAIL_CHECK(!file.error().to_string().empty());
    return 0;
  }
  FORKJAIL_CHECK(!file->numbers.empty() && !file->name.empty() && !file->expect.empty());
  for (const std::string* line : {&file->numbers, &file->name, &file->expect, &file->next}) {
    FORKJAIL_CHECK(line->find('\n') == std::string::npos);
    FORKJAIL_CHECK(text.find(*line) != std::string::npos);
  }
  const auto again = parse_header(text + "\nimport os\n# name: not_a_header\n");
  FORKJAIL_CHECK(again.ok() && again->name == file->name);
  return 0;
}
