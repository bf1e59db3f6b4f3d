// Holds the bodies that a caller sends to a rate while others send requests too. The kernel copies
// a body four times until a script has it and does not interrupt that for long; bodies of 10 MB as
// fast as they come would keep all processors at it. A caller who is alone is not held, and what
// comes now and then fits the burst. Owned by a gate.
#pragma once

#include <chrono>
#include <cstddef>

#include "server/callers/byte_rate.h"
#include "server/callers/caller.h"

namespace forkjail::server {

class BodyPace {
 public:
  static constexpr ByteRateTerms kTerms{.per_s = 64'000'000, .burst = 16'000'000};
  // A caller whose last request is older is not there.
  static constexpr std::chrono::seconds kThere{1};

  // `caller` sends a request.
  void note(const Caller& caller, Clock::time_point now);
  // So many bytes of a body of `caller` have come: how long to wait before more are read.
  [[nodiscard]] Clock::duration pause(Caller& caller, std::size_t bytes,
                                      Clock::time_point now) const;

 private:
  // Of the two callers that sent the latest requests. Compared only: a caller may be gone.
  struct Seen {
    const Caller* caller = nullptr;
    Clock::time_point at;
  };

  [[nodiscard]] bool is_alone(const Caller& caller, Clock::time_point now) const;

  Seen latest_;
  Seen other_;
};

}  // namespace forkjail::server
