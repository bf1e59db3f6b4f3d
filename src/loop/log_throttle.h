// Lets one line per second through, and reports how many it held back. For what a client can
// cause as often as it likes. Owned by the code that writes the line.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "loop/loop.h"

namespace forkjail {

class LogThrottle {
 public:
  // How many lines were held back since the last one. Empty: hold this one back, too.
  [[nodiscard]] std::optional<std::uint64_t> next(Clock::time_point now) {
    constexpr std::chrono::seconds kInterval{1};
    if (last_ && now - *last_ < kInterval) {
      ++held_back_;
      return std::nullopt;
    }
    last_ = now;
    return std::exchange(held_back_, 0);
  }

 private:
  std::optional<Clock::time_point> last_;
  std::uint64_t held_back_ = 0;
};

}  // namespace forkjail
