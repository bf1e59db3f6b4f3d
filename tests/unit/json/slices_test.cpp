#include "json/slices.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace forkjail::json {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> slices(std::string_view text, std::size_t bytes_max) {
  std::vector<std::string> found;
  while (!text.empty()) {
    const std::string_view slice = next_slice(text, bytes_max);
    if (slice.empty()) {
      ADD_FAILURE() << "an empty slice";
      break;
    }
    found.emplace_back(slice);
    text.remove_prefix(slice.size());
  }
  return found;
}

TEST(Slices, AreOfTheSizeThatIsAskedFor) {
  EXPECT_THAT(slices("", 3), IsEmpty());
  EXPECT_THAT(slices("abcdefg", 3), ElementsAre("abc", "def", "g"));
  EXPECT_THAT(slices("abc", 3), ElementsAre("abc"));
}

TEST(Slices, CutNoCharacter) {
  EXPECT_THAT(slices("ab\xC3\xA9gh", 3), ElementsAre("ab", "\xC3\xA9g", "h"));
  EXPECT_THAT(slices("\xF0\x9F\x98\x80\xF0\x9F\x98\x80", 7),
              ElementsAre("\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"));
  EXPECT_THAT(slices("\xE2\x80\xA8x\xE2\x80\xA8", 1), ElementsAre("\xE2\x80\xA8x", "\xE2\x80\xA8"));
}

TEST(Slices, EndInsideWhatIsNoCharacter) {
  EXPECT_THAT(slices("a\x80\x80\x80\x80z", 2), ElementsAre("a\x80", "\x80\x80", "\x80z"));
  EXPECT_THAT(slices("ab\xE2", 3), ElementsAre("ab\xE2"));
}

}  // namespace
}  // namespace forkjail::json
