#include "server/api/decode_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "unit/server/fake_cells.h"

namespace forkjail::server {
namespace {

using testing::ElementsAre;

std::string body_of(std::size_t stdin_bytes) {
  return R"({"script":"x","stdin":")" + std::string(stdin_bytes, 'x') + "\"}";
}

class DecodeTurnsTest : public testing::Test {
 protected:
  ~DecodeTurnsTest() override { loop.destroy_pending(); }
  void decode(int number, const std::string& body) {
    asio::co_spawn(
        loop,
        [this, number, &interruption = interruptions.emplace_back(),
         &kept = bodies.emplace_back(body)]() -> Task<void> {
          results[number] = co_await turns.decode(kept, terms, interruption);
          finished.push_back(number);
        },
        asio::detached);
  }
  [[nodiscard]] const ExecutionRequest& request(int number) {
    return std::get<ExecutionRequest>(results.at(number).value());
  }

  Loop loop;
  const RequestTerms terms;
  DecodeTurns turns{loop.get_executor(), json::HashSecret{}};
  std::deque<Interruption> interruptions;
  std::deque<std::string> bodies;
  std::map<int, std::optional<Decoded>> results;
  std::vector<int> finished;
};

TEST_F(DecodeTurnsTest, GivesTheLoopATurnAfterEachSlice) {
  decode(1, body_of(4 * kDecodeSliceBytes));
  std::size_t turns_of_others = 0;
  while (finished.empty() && loop.poll_one() > 0) ++turns_of_others;
  EXPECT_GE(turns_of_others, 5U);
  EXPECT_EQ(request(1).stdin_text.size(), 4 * kDecodeSliceBytes);
}

TEST_F(DecodeTurnsTest, DecodesLargeBodiesOneAfterTheOtherAndAScriptBesideThem) {
  decode(1, body_of(8 * kMediumBodyBytes));
  decode(2, body_of(2 * kMediumBodyBytes));
  decode(3, body_of(kSmallBodyBytes));
  settle(loop);
  EXPECT_THAT(finished, ElementsAre(3, 1, 2));
}

TEST_F(DecodeTurnsTest, StopsForAClientThatLeft) {
  decode(1, body_of(8 * kMediumBodyBytes));
  decode(2, body_of(8 * kMediumBodyBytes));
  decode(3, body_of(2 * kMediumBodyBytes));
  for (int i = 0; i < 6; ++i) loop.poll_one();
  ASSERT_TRUE(finished.empty());
  interruptions[0].raise(InterruptReason::client_gone);  // at it
  interruptions[1].raise(InterruptReason::client_gone);  // waits
  settle(loop);
  EXPECT_FALSE(results[1]);
  EXPECT_FALSE(results[2]);
  EXPECT_EQ(request(3).stdin_text.size(), 2 * kMediumBodyBytes);
}

TEST_F(DecodeTurnsTest, NamesWhatIsWrongInALaterSlice) {
  decode(1, body_of(2 * kDecodeSliceBytes) + "x");
  settle(loop);
  EXPECT_EQ(std::get<RequestError>(results[1].value()).message,
            "the body is not valid JSON in UTF-8: unexpected data after the object (at byte " +
                std::to_string(bodies[0].size() - 1) + ")");
}

}  // namespace
}  // namespace forkjail::server
