// When a run is put behind others and when it comes back; the test says what it has used.
#include "supervisor/long_runs.h"

#include <gmock/gmock.h>

#include <map>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class LongRunsTest : public SupervisorParts {
 protected:
  void SetUp() override { serve(); }

  LongRuns watching{true,
                    cells,
                    {.cpu_time = [this](const Cell& cell) { return used[cell.id]; },
                     .put =
                         [this](const Cell& cell, bool behind) {
                           puts.emplace_back(cell.id, behind);
                           return put_status;
                         }},
                    now};
  std::map<protocol::CellId, CpuCredit::Time> used;
  std::vector<std::pair<protocol::CellId, bool>> puts;
  Status put_status = ok_status();

  // The run of `id` has computed all the time.
  void compute(protocol::CellId id, std::chrono::milliseconds duration) {
    for (; duration > 0ms; duration -= LongRuns::kPause) {
      time += LongRuns::kPause;
      used[id] += LongRuns::kPause;
      watching.look();
    }
  }
  void wait(std::chrono::milliseconds duration) {
    for (; duration > 0ms; duration -= LongRuns::kPause) {
      time += LongRuns::kPause;
      watching.look();
    }
  }
};

TEST_F(LongRunsTest, LeavesTheLoopAloneWhileNoRunLasts) {
  EXPECT_FALSE(watching.time_to_next_look());
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  watching.begin(id);
  EXPECT_EQ(watching.time_to_next_look(), LongRuns::kPause);
  watching.end(id);
  EXPECT_FALSE(watching.time_to_next_look());
}

TEST_F(LongRunsTest, PutsARunThatComputesBehindTheOthersOnce) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  watching.begin(id);
  compute(id, 50ms);
  EXPECT_THAT(puts, IsEmpty());
  compute(id, 1s);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true)));
}

TEST_F(LongRunsTest, DoesNotCountWhatACellHasUsedBefore) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  used[id] = 9s;  // in the session's runs before
  watching.begin(id);
  wait(1s);
  EXPECT_THAT(puts, IsEmpty());
}

TEST_F(LongRunsTest, TakesTheEndOfOneOfItsProcessesForNothingUsed) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  used[id] = 9s;
  watching.begin(id);
  used[id] = 0s;
  wait(1s);
  EXPECT_THAT(puts, IsEmpty());
}

TEST_F(LongRunsTest, BringsBackARunThatGetsTooLittle) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  watching.begin(id);
  compute(id, 200ms);
  wait(500ms);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true), Pair(id, false)));
}

TEST_F(LongRunsTest, GivesACellThatLivesOnItsPlaceBackAfterItsRun) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  watching.begin(id);
  compute(id, 200ms);
  watching.end(id);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true), Pair(id, false)));
  EXPECT_FALSE(watching.time_to_next_look());
}

TEST_F(LongRunsTest, KeepsTheCreditOfACellForItsNextLongRun) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  watching.begin(id);
  compute(id, 200ms);
  watching.end(id);
  puts.clear();
  watching.begin(id);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true))) << "long runs one after the other are one";
  watching.end(id);
  puts.clear();
  time += 1s;
  watching.begin(id);
  compute(id, 50ms);
  EXPECT_THAT(puts, IsEmpty()) << "it has rested";
}

TEST_F(LongRunsTest, ForgetsACellThatIsGone) {
  FakeCell cell;
  const FakeOrder order = cloned(cell);
  watching.begin(order.message.cell);
  cells.remove(*find(order));
  wait(100ms);
  EXPECT_FALSE(watching.time_to_next_look());
  watching.begin(99);
  EXPECT_FALSE(watching.time_to_next_look());
}

TEST_F(LongRunsTest, GoesOnWhereARunCannotBeMoved) {
  const FakeCell cell;
  const auto id = cloned(cell).message.cell;
  put_status = Error{"write", EACCES, {}};
  watching.begin(id);
  compute(id, 1s);
  EXPECT_EQ(puts.size(), 1U);
}

TEST_F(LongRunsTest, LooksAtNothingWhereThereIsNoPlaceBehindOthers) {
  LongRuns none(false, cells, {}, now);
  const FakeCell cell;
  none.begin(cloned(cell).message.cell);
  EXPECT_FALSE(none.time_to_next_look());
}

}  // namespace
}  // namespace forkjail::supervisor
