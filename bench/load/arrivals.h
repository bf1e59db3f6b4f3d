// Arrivals: the moments at which an open loop means to send, whatever the target does.
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace forkjail::load {

using Clock = std::chrono::steady_clock;

enum class ArrivalKind { kConstant, kPoisson };

class Arrivals {
 public:
  // `per_second` > 0. The same seed gives the same moments.
  Arrivals(ArrivalKind kind, double per_second, Clock::time_point start, std::uint64_t seed);

  [[nodiscard]] Clock::time_point next() const;
  void advance();

 private:
  ArrivalKind kind_;
  double per_second_;
  Clock::time_point start_;
  double offset_s_ = 0;  // of the next arrival from start_
  std::uint64_t index_ = 0;
  std::mt19937_64 random_;
};

}  // namespace forkjail::load
