// Runs a loop by hand, for tests of what lives on it.
#pragma once

#include <chrono>

#include "loop/loop.h"

namespace forkjail {

// Runs all that is ready now and nothing that waits.
inline void settle(asio::io_context& loop) {
  loop.restart();
  loop.poll();
}

// Runs the loop until `done` or a generous time is over.
template <typename Done>
void run_until(asio::io_context& loop, Done done) {
  const auto deadline = Clock::now() + std::chrono::seconds(10);
  while (!done() && Clock::now() < deadline) {
    loop.restart();
    loop.run_for(std::chrono::milliseconds(5));
  }
  ASSERT_TRUE(done()) << "not in time";
}

}  // namespace forkjail
