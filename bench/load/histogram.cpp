#include "load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace forkjail::load {

void Histogram::record(std::chrono::nanoseconds latency) {
  constexpr std::int64_t kValueMax = (std::int64_t{1} << kValueBits) - 1;
  const std::int64_t value = std::clamp<std::int64_t>(latency.count(), 0, kValueMax);
  ++buckets_[bucket_of(static_cast<std::uint64_t>(value))];
  ++count_;
  max_ = std::max(max_, value);
  sum_ += static_cast<double>(value);
}

std::chrono::nanoseconds Histogram::mean() const {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  return std::chrono::nanoseconds(std::llround(sum_ / static_cast<double>(count_)));
}

std::chrono::nanoseconds Histogram::percentile(double percent) const {
  if (count_ == 0) return std::chrono::nanoseconds(0);
  const double exact_rank = std::clamp(percent, 0.0, 100.0) / 100.0 * static_cast<double>(count_);
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(exact_rank)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen >= rank) {
      const auto edge = static_cast<std::int64_t>(upper_edge(bucket));
      return std::chrono::nanoseconds(std::min(edge, max_));
    }
  }
  return max();
}

// Values below 128 have a bucket each; above, the top 8 bits pick the bucket.
std::size_t Histogram::bucket_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= kSubBits) return static_cast<std::size_t>(value);
  const unsigned shift = width - kSubBits - 1;
  return (std::size_t{shift} << kSubBits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::upper_edge(std::size_t bucket) {
  constexpr std::size_t kSub = std::size_t{1} << kSubBits;
  if (bucket < 2 * kSub) return bucket;
  const std::size_t shift = (bucket >> kSubBits) - 1;
  const std::uint64_t top = kSub + (bucket & (kSub - 1));
  return ((top + 1) << shift) - 1;
}

}  // namespace forkjail::load
