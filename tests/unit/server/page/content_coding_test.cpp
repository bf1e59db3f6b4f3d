#include "server/page/content_coding.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace forkjail::server {
namespace {

struct Case {
  std::string_view accept_encoding;
  ContentCoding chosen;
};

class ChosenCoding : public testing::TestWithParam<Case> {};

TEST_P(ChosenCoding, IsTheSmallestThatIsTaken) {
  EXPECT_EQ(choose_coding(GetParam().accept_encoding), GetParam().chosen)
      << GetParam().accept_encoding;
}

constexpr std::array kCases{
    Case{"", ContentCoding::identity},
    Case{"gzip, deflate, br, zstd", ContentCoding::brotli},
    Case{"gzip", ContentCoding::gzip},
    Case{"GZip;q=0.5", ContentCoding::gzip},
    Case{"br;q=0, gzip", ContentCoding::gzip},
    Case{"br;q=0.000 , gzip ; q=1", ContentCoding::gzip},
    Case{"br;q=0.001", ContentCoding::brotli},
    Case{"*", ContentCoding::brotli},
    Case{"br;q=0, *", ContentCoding::gzip},
    Case{"*;q=0", ContentCoding::identity},
    Case{"identity, *;q=0", ContentCoding::identity},
    Case{"gzip;q=0, identity", ContentCoding::identity},
    Case{"brotli, x-gzip", ContentCoding::identity},
    Case{",,;q=1, ,gzip", ContentCoding::gzip},
    Case{"gzip;level=9;q=0", ContentCoding::identity},
    Case{";;;===", ContentCoding::identity},
};
INSTANTIATE_TEST_SUITE_P(Fields, ChosenCoding, testing::ValuesIn(kCases));

TEST(ContentCoding, ReadsALongFieldToItsEnd) {
  std::string field;
  for (int i = 0; i < 2'000; ++i) field += "x;q=0,";
  EXPECT_EQ(choose_coding(field + "gzip"), ContentCoding::gzip);
}

}  // namespace
}  // namespace forkjail::server
