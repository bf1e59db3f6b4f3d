// A report that is accepted comes back the same after it was written again.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "protocol/zygote_report.h"

using namespace forkjail;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = protocol::decode_zygote_report({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  const std::string text = encode(*report);
  const auto again = protocol::decode_zygote_report(text);
  FORKJAIL_CHECK(again && encode(*again) == text);
  return 0;
}
