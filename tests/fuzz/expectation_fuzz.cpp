// What a hostile deployment answers, against any expectation: never met by more than one verdict,
// in one plain line, and more patience never makes it worse. A first line that is the expectation,
// then the answer's body.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <cstddef>
#include <cstdint>

#include "attack/expectation.h"
#include "base/check.h"

using namespace forkjail;
using namespace forkjail::attack;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(text.find('\n'), size);
  boost::system::error_code ec;
  Observed observed{200, boost::json::parse(text.substr(std::min(end + 1, size)), ec),
                    std::chrono::duration<double>(3)};
  if (ec) observed.answer = nullptr;
  const std::string_view expectation = text.substr(0, end);
  const auto once = assess(expectation, observed);
  const auto patient = assess(expectation, observed, 1e9);
  FORKJAIL_CHECK((once.match == Match::met) == as_expected(expectation, observed));
  FORKJAIL_CHECK(once.match != Match::met || once.missed.empty());
  FORKJAIL_CHECK(patient.match <= once.match);
  const std::string line = seen(observed, 100);
  FORKJAIL_CHECK(!line.empty() && line.size() <= 100);
  FORKJAIL_CHECK(std::ranges::all_of(line, [](char c) { return c >= ' ' && c < 0x7f; }));
  (void)is_well_formed(observed);
  return 0;
}
