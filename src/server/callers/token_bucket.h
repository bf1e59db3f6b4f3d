// How many requests a caller may send: so many a second, and a burst of some after a pause. Pure.
#pragma once

#include <algorithm>
#include <chrono>

#include "loop/loop.h"

namespace forkjail::server {

struct Rate {
  double per_s = 0;  // 0: any number
  double burst = 1;  // at least 1
};

class TokenBucket {
 public:
  // Takes one token. Zero: it was there. Else how long until there is one, and nothing is taken.
  [[nodiscard]] std::chrono::duration<double> take(const Rate& rate, Clock::time_point now) {
    if (rate.per_s <= 0) return {};
    const std::chrono::duration<double> since = now - filled_at_;
    tokens_ = fresh_ ? rate.burst : std::min(rate.burst, tokens_ + (since.count() * rate.per_s));
    fresh_ = false;
    filled_at_ = now;
    if (tokens_ < 1) return std::chrono::duration<double>((1 - tokens_) / rate.per_s);
    tokens_ -= 1;
    return {};
  }

 private:
  bool fresh_ = true;
  double tokens_ = 0;
  Clock::time_point filled_at_;
};

}  // namespace forkjail::server
