#include "json/sip_hash.h"

#include <sys/random.h>

#include <bit>
#include <cstring>

namespace forkjail::json {
namespace {

constexpr std::size_t kWordBytes = sizeof(std::uint64_t);
constexpr int kRoundsAWord = 2;
constexpr int kLastRounds = 4;

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

}  // namespace

Result<HashSecret> draw_hash_secret() {
  HashSecret secret;
  if (::getrandom(&secret, sizeof secret, 0) != static_cast<ssize_t>(sizeof secret)) {
    return errno_error("getrandom");
  }
  return secret;
}

// The constants are the authors': "somepseudorandomlygeneratedbytes", and 0xee for 128 bits.
SipHash::SipHash(const HashSecret& secret)
    : v_{secret.low ^ 0x736f6d6570736575U, secret.high ^ 0x646f72616e646f6dU ^ 0xeeU,
         secret.low ^ 0x6c7967656e657261U, secret.high ^ 0x7465646279746573U} {}

void SipHash::update(std::string_view part) {
  while (!part.empty() && bytes_ % kWordBytes != 0) {
    take_byte(part.front());
    part.remove_prefix(1);
  }
  for (; part.size() >= kWordBytes; part.remove_prefix(kWordBytes)) {
    std::uint64_t word = 0;
    std::memcpy(&word, part.data(), kWordBytes);
    take_word(word);
    bytes_ += kWordBytes;
  }
  for (const char byte : part) take_byte(byte);
}

Fingerprint SipHash::finish() {
  take_word(word_ | static_cast<std::uint64_t>(bytes_) << 56U);
  Fingerprint print;
  v_[2] ^= 0xeeU;
  mix(kLastRounds);
  print.low = folded();
  v_[1] ^= 0xddU;
  mix(kLastRounds);
  print.high = folded();
  return print;
}

void SipHash::take_byte(char byte) {
  word_ |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte))
           << (8 * (bytes_ % kWordBytes));
  if (++bytes_ % kWordBytes != 0) return;
  take_word(word_);
  word_ = 0;
}

void SipHash::take_word(std::uint64_t word) {
  v_[3] ^= word;
  mix(kRoundsAWord);
  v_[0] ^= word;
}

void SipHash::mix(int rounds) {
  auto& [a, b, c, d] = v_;
  for (int round = 0; round < rounds; ++round) {
    a += b;
    b = std::rotl(b, 13) ^ a;
    a = std::rotl(a, 32);
    c += d;
    d = std::rotl(d, 16) ^ c;
    a += d;
    d = std::rotl(d, 21) ^ a;
    c += b;
    b = std::rotl(b, 17) ^ c;
    c = std::rotl(c, 32);
  }
}

}  // namespace forkjail::json
