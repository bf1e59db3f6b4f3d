#include "json/fingerprint_set.h"

#include <gtest/gtest.h>

#include <string>

namespace forkjail::json {
namespace {

Fingerprint print_of(int number) {
  SipHash hash(HashSecret{1, 2});
  hash.update(std::to_string(number));
  return hash.finish();
}

TEST(FingerprintSet, KnowsWhatItHoldsAtAnySize) {
  constexpr int kCount = 50'000;
  FingerprintSet set;
  for (int i = 0; i < kCount; ++i) ASSERT_TRUE(set.insert(print_of(i))) << i;
  for (int i = 0; i < kCount; ++i) ASSERT_FALSE(set.insert(print_of(i))) << i;
  EXPECT_TRUE(set.insert(print_of(kCount)));
}

TEST(FingerprintSet, DistinguishesPrintsThatShareAHalf) {
  FingerprintSet set;
  EXPECT_TRUE(set.insert({1, 1}));
  EXPECT_TRUE(set.insert({1, 2}));
  EXPECT_TRUE(set.insert({2, 1}));
  EXPECT_FALSE(set.insert({1, 2}));
}

}  // namespace
}  // namespace forkjail::json
