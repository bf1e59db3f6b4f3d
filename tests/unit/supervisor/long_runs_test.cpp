// When a run is put behind others and when it comes back; the test says what it has used.
#include "supervisor/long_runs.h"

#include <gmock/gmock.h>

#include <map>
#include <optional>

#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class LongRunsTest : public SupervisorParts {
 protected:
  void SetUp() override {
    serve();
    order.emplace(cloned(cell));
    id = order->message.cell;
  }

  LongRuns watching{true,
                    cells,
                    {.cpu_time = [this](const Cell& asked) { return used[asked.id]; },
                     .put =
                         [this](const Cell& moved, bool behind) {
                           puts.emplace_back(moved.id, behind);
                           return put_status;
                         },
                     .look_again =
                         [this](const Cell& asked) {
                           looks.push_back(asked.id);
                           return ok_status();
                         },
                     .look_again_at_server =
                         [this] {
                           ++looks_at_server;
                           return ok_status();
                         },
                     .recover_server =
                         [this] {
                           ++recoveries;
                           return ok_status();
                         }},
                    now};
  const FakeCell cell;
  std::optional<FakeOrder> order;
  protocol::CellId id = 0;
  std::map<protocol::CellId, CpuCredit::Time> used;
  std::vector<std::pair<protocol::CellId, bool>> puts;
  std::vector<protocol::CellId> looks;
  int looks_at_server = 0;
  int recoveries = 0;
  Status put_status = ok_status();

  // The run of `id` has computed all the time.
  void compute(std::chrono::milliseconds duration) { pass(duration, LongRuns::kPause); }
  void wait(std::chrono::milliseconds duration) { pass(duration, 0ms); }

 private:
  // The loop looks after each pause, in which the run has used so much.
  void pass(std::chrono::milliseconds duration, std::chrono::milliseconds used_in_pause) {
    for (; duration > 0ms; duration -= LongRuns::kPause) {
      time += LongRuns::kPause;
      used[id] += used_in_pause;
      watching.look();
    }
  }
};

TEST_F(LongRunsTest, LeavesTheLoopAloneWhileNoRunLasts) {
  EXPECT_FALSE(watching.time_to_next_look());
  watching.begin(id);
  EXPECT_EQ(watching.time_to_next_look(), LongRuns::kPause);
  watching.end(id);
  EXPECT_FALSE(watching.time_to_next_look());
}

TEST_F(LongRunsTest, PutsARunThatComputesBehindTheOthersOnce) {
  watching.begin(id);
  compute(50ms);
  EXPECT_THAT(puts, IsEmpty());
  compute(1s);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true)));
}

TEST_F(LongRunsTest, DoesNotCountWhatACellHasUsedBefore) {
  used[id] = 9s;  // in the session's runs before
  watching.begin(id);
  wait(1s);
  EXPECT_THAT(puts, IsEmpty());
}

TEST_F(LongRunsTest, TakesTheEndOfOneOfItsProcessesForNothingUsed) {
  used[id] = 9s;
  watching.begin(id);
  used[id] = 0s;
  wait(1s);
  EXPECT_THAT(puts, IsEmpty());
}

TEST_F(LongRunsTest, BringsBackARunThatGetsTooLittle) {
  watching.begin(id);
  compute(200ms);
  wait(450ms);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true))) << "not for every little bit";
  wait(50ms);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true), Pair(id, false)));
}

TEST_F(LongRunsTest, GivesACellThatLivesOnItsPlaceBackAfterItsRun) {
  watching.begin(id);
  compute(200ms);
  watching.end(id);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true), Pair(id, false)));
  EXPECT_FALSE(watching.time_to_next_look());
}

TEST_F(LongRunsTest, KeepsTheCreditOfACellForItsNextLongRun) {
  watching.begin(id);
  compute(200ms);
  watching.end(id);
  puts.clear();
  watching.begin(id);
  EXPECT_THAT(puts, ElementsAre(Pair(id, true))) << "long runs one after the other are one";
  watching.end(id);
  puts.clear();
  time += 1s;
  watching.begin(id);
  compute(50ms);
  EXPECT_THAT(puts, IsEmpty()) << "it has rested";
}

TEST_F(LongRunsTest, LooksAgainAtWhoMayWaitWhileARunIsBehind) {
  const FakeCell other;
  const auto waiting = cloned(other).message.cell;
  watching.begin(id);
  watching.on_waiting(waiting);
  watching.on_server_told();
  EXPECT_THAT(looks, IsEmpty()) << "none is behind yet";
  compute(200ms);
  watching.on_waiting(waiting);
  watching.on_server_told();
  EXPECT_THAT(looks, ElementsAre(waiting));
  EXPECT_EQ(looks_at_server, 1);
  watching.on_waiting(99);
  EXPECT_THAT(looks, ElementsAre(waiting)) << "that cell is gone";
  watching.end(id);
  recoveries = 0;
  watching.on_waiting(waiting);
  watching.on_server_told();
  EXPECT_EQ(recoveries, 1) << "it gets its niceness back";
  EXPECT_THAT(looks, ElementsAre(waiting));
  EXPECT_EQ(looks_at_server, 1);
}

TEST_F(LongRunsTest, ForgetsACellThatIsGone) {
  watching.begin(id);
  cells.remove(*find(*order));
  wait(100ms);
  EXPECT_FALSE(watching.time_to_next_look());
  watching.begin(99);
  EXPECT_FALSE(watching.time_to_next_look());
}

TEST_F(LongRunsTest, GoesOnWhereARunCannotBeMoved) {
  put_status = Error{"write", EACCES, {}};
  watching.begin(id);
  compute(1s);
  EXPECT_EQ(puts.size(), 1U);
}

TEST_F(LongRunsTest, LooksAtNothingWhereThereIsNoPlaceBehindOthers) {
  LongRuns none(false, cells, {}, now);
  none.begin(id);
  EXPECT_FALSE(none.time_to_next_look());
}

}  // namespace
}  // namespace forkjail::supervisor
