// Whatever a cell says of its failure becomes one short line of text, or is refused.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "json/check.h"
#include "json/text.h"
#include "server/run/failure_report.h"

using namespace forkjail;
using namespace forkjail::server;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto report = decode_failure({reinterpret_cast<const char*>(data), size});
  if (!report) return 0;
  const std::string line = error_line(*report);
  FORKJAIL_CHECK(!line.empty() && line.size() < 4'096);
  FORKJAIL_CHECK(line.find('\n') == std::string::npos);
  std::string json;
  json::append_string(json, line);
  FORKJAIL_CHECK(json::is_valid(json, 2));
  return 0;
}
