// How much slower than a quiet machine a place is at this moment. The cases of the battery have
// time limits and time bounds in seconds: on a loaded or an emulated machine an honest share of
// time is longer, and a layer must not seem to have failed because of that.
//
// Measured by two honest scripts, one that does nothing and one that computes for a fixed number of
// turns.
#pragma once

#include <span>
#include <string_view>

#include "attack/expectation.h"
#include "base/result.h"
#include "http_client/deployment.h"

namespace forkjail::attack {

struct Slowness {
  double wall = 1;  // times that an answer takes as long; never less than 1
  double cpu = 1;   // times the CPU that a computation needs; never less than 1
};

// The slowest of the runs counts: an attack may be as unlucky as that honest run.
[[nodiscard]] Slowness slowness_of(std::span<const Observed> of_nothing,
                                   std::span<const Observed> of_a_loop);

// An Error if an honest script does not run.
[[nodiscard]] Result<Slowness> measure_slowness(const http_client::Deployment& deployment);

}  // namespace forkjail::attack
