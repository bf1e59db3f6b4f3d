// Holds the bodies that a caller sends to a rate while others send requests too. The kernel copies
// a body four times until a script has it and does not interrupt that for long; bodies of 10 MB as
// fast as they come would keep all processors at it. A caller who is alone is not held, and what
// comes now and then fits the burst. Owned by the service.
#pragma once

#include <chrono>
#include <cstddef>

#include "http/body_pacer.h"
#include "server/callers/byte_rate.h"

namespace forkjail::server {

class BodyPace final : public http::BodyPacer {
 public:
  // For each processor, and for all of them.
  static constexpr std::size_t kBytesPerS = 16'000'000;
  static constexpr std::size_t kBurstBytes = 16'000'000;
  // A caller whose last request is older is not there.
  static constexpr std::chrono::seconds kThere{1};

  explicit BodyPace(unsigned cpu_count)
      : terms_{.per_s = cpu_count * kBytesPerS, .burst = kBurstBytes} {}

  void note(const http::Caller& caller, Clock::time_point now) override;
  // Whether more than one caller is there.
  [[nodiscard]] bool is_shared(Clock::time_point now) const;
  // Nobody is held who is not a caller of this room.
  Clock::duration pause(http::Caller& caller, std::size_t bytes, Clock::time_point now) override;

 private:
  // Of the two callers that sent the latest requests. Compared only: a caller may be gone.
  struct Seen {
    const http::Caller* caller = nullptr;
    Clock::time_point at;
  };

  [[nodiscard]] bool is_alone(const http::Caller& caller, Clock::time_point now) const;

  ByteRateTerms terms_;
  Seen latest_;
  Seen other_;
};

}  // namespace forkjail::server
