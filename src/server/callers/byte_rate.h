// How fast the bytes of one caller may come: so many a second, and a burst after a pause. Pure.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "loop/loop.h"

namespace forkjail::server {

struct ByteRateTerms {
  std::size_t per_s;
  std::size_t burst;
};

class ByteRate {
 public:
  // So many bytes have come. How long until more may: zero within the burst.
  [[nodiscard]] Clock::duration take(std::size_t bytes, const ByteRateTerms& terms,
                                     Clock::time_point now) {
    used_up_to_ = std::max(used_up_to_, now - time_of(terms.burst, terms)) + time_of(bytes, terms);
    return std::max(used_up_to_ - now, Clock::duration::zero());
  }

 private:
  [[nodiscard]] static Clock::duration time_of(std::size_t bytes, const ByteRateTerms& terms) {
    const std::chrono::duration<double> time(static_cast<double>(bytes) /
                                             static_cast<double>(terms.per_s));
    return std::chrono::duration_cast<Clock::duration>(time);
  }

  Clock::time_point used_up_to_;
};

}  // namespace forkjail::server
