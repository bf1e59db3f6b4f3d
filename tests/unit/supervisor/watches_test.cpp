#include "supervisor/watches.h"

#include <gmock/gmock.h>

#include "base/limits.h"
#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

// What every process has resident, as the test says.
std::uint64_t& resident() {
  static std::uint64_t bytes = 0;
  return bytes;
}

class WatchesTest : public SupervisorParts {
 protected:
  void SetUp() override {
    serve();
    sent_verbs();
  }

  // The watches look once a second, as in the loop.
  void pass(seconds duration) {
    for (seconds passed{}; passed < duration; passed += seconds(1)) {
      time += seconds(1);
      watches.look_at_answers();
    }
  }
  // Longer than any zygote may owe an answer.
  static constexpr seconds kTooLong{40};
};

TEST_F(WatchesTest, ZygoteThatDoesNotCloneIsReplacedAndItsOrderFails) {
  const FakeOrder order = ordered();
  pass(seconds(2));
  EXPECT_EQ(zygote().state, ZygoteState::ready);
  pass(kTooLong);
  EXPECT_EQ(zygote().state, ZygoteState::ended) << "it had no other cell";
  EXPECT_THAT(sent_verbs(),
              ElementsAre(SupervisorVerb::zygote_failed, SupervisorVerb::spawn_failed));
  EXPECT_NE(find(order), nullptr) << "it keeps its slot";
}

TEST_F(WatchesTest, CellsOfASilentZygoteLiveOnAndAreFoundDead) {
  const FakeCell lives;
  const FakeCell dies;
  cloned(lives);
  const FakeOrder dead = cloned(dies);
  sent_verbs();
  dies.kill();
  dies.wait_until_dead();
  pass(kTooLong);  // the zygote does not say that it is dead
  EXPECT_EQ(zygote().state, ZygoteState::retired);
  EXPECT_FALSE(lives.is_dead());
  EXPECT_EQ(find(dead), nullptr);
  EXPECT_THAT(sent_verbs(), ElementsAre(SupervisorVerb::zygote_failed, SupervisorVerb::cell_ended));
  lives.kill();
  lives.wait_until_dead();
  pass(seconds(1));
  EXPECT_EQ(zygote().state, ZygoteState::ended) << "with its last cell";
}

TEST_F(WatchesTest, AnswerThatIsNotReadYetIsNotSilence) {
  const FakeCell cell;
  const FakeOrder order = ordered();
  fake().send_cloned(order, cell);
  pass(kTooLong);
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

TEST_F(WatchesTest, ZygoteThatOwesNothingIsKept) {
  const FakeCell cell;
  cloned(cell);
  pass(kTooLong);
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

TEST_F(WatchesTest, TimeInWhichTheSupervisorStoodStillDoesNotCount) {
  const FakeOrder order = ordered();
  time += std::chrono::hours(1);
  watches.look_at_answers();
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

TEST_F(WatchesTest, CellAboveItsMemoryIsKilledWhereNoCgroupDoes) {
  const MemoryWatch memory([](pid_t) { return Result<std::uint64_t>(resident()); });
  Watches with_duty({.memory = true}, cells, fleet, starter, finisher, memory, attended, now);
  const FakeCell cell;
  const FakeOrder order = cloned(cell);
  resident() = 100;
  with_duty.look_at_memory();
  resident() = 100 + kMemoryMax + kCellMemorySlackBytes;
  with_duty.look_at_memory();
  EXPECT_FALSE(find(order)->over_memory);
  ++resident();
  watches.look_at_memory();
  EXPECT_FALSE(find(order)->over_memory) << "where a cgroup bounds it, nobody looks";
  with_duty.look_at_memory();
  EXPECT_TRUE(find(order)->over_memory);
  cell.wait_until_dead();
}

TEST_F(WatchesTest, LooksAreMoreFrequentWhereTheyAreUrgent) {
  EXPECT_EQ(watches.time_to_next_look(), Watches::kPause);
  Watches with_duty({.memory = true}, cells, fleet, starter, finisher, memory_watch, attended, now);
  EXPECT_EQ(with_duty.time_to_next_look(), Watches::kPause) << "there is no cell to look at";
  const FakeCell cell;
  cloned(cell);
  EXPECT_EQ(with_duty.time_to_next_look(), Watches::kShortPause);
  EXPECT_EQ(watches.time_to_next_look(), Watches::kPause);
  fleet.on_silent(zygote());
  EXPECT_EQ(watches.time_to_next_look(), Watches::kShortPause);
}

}  // namespace
}  // namespace forkjail::supervisor
