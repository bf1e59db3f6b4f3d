// What this layer counts of its own: answers by class of status, valid requests that it refused for
// a shortage, and pauses in reading a body. Plain numbers that the loop's one thread increments.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace forkjail::http {

// Why a valid request got a 503 before any handler saw it.
enum class Shortage : std::uint8_t { draining, large_bodies, connections };

class Counters {
 public:
  static constexpr std::size_t kStatusClasses = 5;  // 1xx to 5xx

  void count_response(unsigned status) {
    const std::size_t index = (status / 100) - 1;
    if (index < responses_.size()) ++responses_.at(index);
  }
  void count_body_pause() { ++body_pauses_; }
  void count_refusal(Shortage why) { ++refusals_.at(static_cast<std::size_t>(why)); }

  [[nodiscard]] const std::array<std::uint64_t, kStatusClasses>& responses() const {
    return responses_;
  }
  [[nodiscard]] std::uint64_t body_pauses() const { return body_pauses_; }
  [[nodiscard]] std::uint64_t refusals(Shortage why) const {
    return refusals_.at(static_cast<std::size_t>(why));
  }

 private:
  std::array<std::uint64_t, kStatusClasses> responses_{};
  std::array<std::uint64_t, 3> refusals_{};
  std::uint64_t body_pauses_ = 0;
};

}  // namespace forkjail::http
