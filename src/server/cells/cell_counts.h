// How many cells there are, by stage, and how many there were.
#pragma once

#include <cstdint>

namespace forkjail::server {

struct CellCounts {
  std::uint32_t making = 0;  // ordered or warming
  std::uint32_t parked = 0;
  std::uint32_t in_use = 0;
  std::uint32_t dying = 0;
  std::uint64_t started = 0;  // since the start of the service
  std::uint64_t failed = 0;   // spawn_failed, setup_failed, died while parked
  std::uint64_t zygote_failures = 0;

  [[nodiscard]] std::uint32_t live() const { return making + parked + in_use + dying; }
  CellCounts& operator+=(const CellCounts& other) {
    making += other.making;
    parked += other.parked;
    in_use += other.in_use;
    dying += other.dying;
    started += other.started;
    failed += other.failed;
    zygote_failures += other.zygote_failures;
    return *this;
  }
};

}  // namespace forkjail::server
