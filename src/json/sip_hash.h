// SipHash-2-4 with 128 bits of result (Aumasson and Bernstein, 2012): a hash of texts that a client
// chose, under a secret that it does not know. Without the secret a client cannot choose texts that
// collide, nor texts that crowd one place of a table. Takes its text in parts. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace forkjail::json {

// Drawn once, at the start of the server, and never disclosed.
struct HashSecret {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
};

// From the kernel's random numbers.
[[nodiscard]] Result<HashSecret> draw_hash_secret();

// Equal for equal texts; for any two others with a probability of 2^-128.
struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Fingerprint&) const = default;
};

class SipHash {
 public:
  explicit SipHash(const HashSecret& secret);

  void update(std::string_view part);
  // The object is used up.
  [[nodiscard]] Fingerprint finish();

 private:
  void take_word(std::uint64_t word);
  void take_byte(char byte);
  void mix(int rounds);
  [[nodiscard]] std::uint64_t folded() const { return v_[0] ^ v_[1] ^ v_[2] ^ v_[3]; }

  std::array<std::uint64_t, 4> v_;
  std::uint64_t word_ = 0;  // of the bytes that do not fill one yet
  std::size_t bytes_ = 0;
};

}  // namespace forkjail::json
