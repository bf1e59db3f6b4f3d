// Histogram: latencies in fixed memory, exact to 0.8 %. Log-linear buckets as HdrHistogram has
// them: each power of two is cut into 128. Recording costs a shift and an increment, so that the
// generator does not disturb what it measures.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace forkjail::load {

class Histogram {
 public:
  // Negative values count as 0; values above about 73 minutes as that.
  void record(std::chrono::nanoseconds latency);

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_); }
  [[nodiscard]] std::chrono::nanoseconds mean() const;
  // The smallest recorded value (up to the buckets' width) that `percent` of all do not exceed.
  // 0 when nothing was recorded.
  [[nodiscard]] std::chrono::nanoseconds percentile(double percent) const;

 private:
  static constexpr unsigned kSubBits = 7;
  static constexpr unsigned kValueBits = 42;
  static constexpr std::size_t kBuckets = std::size_t{kValueBits - kSubBits + 1} << kSubBits;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t upper_edge(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::int64_t max_ = 0;
  double sum_ = 0;
};

}  // namespace forkjail::load
