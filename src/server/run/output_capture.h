// Keeps the first bytes of a stream and counts the rest. One for stdout, one for stderr.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/limits.h"
#include "server/run/run_report.h"

namespace forkjail::server {

class OutputCapture {
 public:
  explicit OutputCapture(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  // How many of them were kept: the first ones.
  std::size_t append(std::span<const std::byte> bytes) {
    seen_bytes_ += bytes.size();
    const std::uint64_t room = bytes_max_ - text_.bytes.size();
    const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), room));
    text_.bytes.append(reinterpret_cast<const char*>(bytes.data()), kept);
    if (kept < bytes.size()) text_.truncated = true;
    return kept;
  }

  // Whatever comes now is dropped.
  [[nodiscard]] bool full() const { return text_.bytes.size() >= bytes_max_; }
  // So much was written that reading on would cost the server more than the run is worth.
  [[nodiscard]] bool flooded() const {
    constexpr std::uint64_t kFloodBytesMin = 64 * kMiB;
    return seen_bytes_ > std::max(bytes_max_ * kOutputFloodFactor, kFloodBytesMin);
  }

  [[nodiscard]] CapturedText take() { return std::move(text_); }

 private:
  std::uint64_t bytes_max_;
  std::uint64_t seen_bytes_ = 0;
  CapturedText text_;
};

}  // namespace forkjail::server
