// How many sessions there are, whose they are, and which of them end.
#include "server/sessions/session_store.h"

#include <gmock/gmock.h>

#include "unit/server/sessions/fake_held_cell.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class SessionStoreTest : public SessionsTest {
 protected:
  using SessionsTest::SessionsTest;

  SessionEnd why_gone(std::string_view id, std::string_view owner = {}) {
    return std::get<NoSession>(store.find(id, owner)).why;
  }
};

TEST_F(SessionStoreTest, FindsWhatItMade) {
  const auto session = create();
  EXPECT_THAT(session->id(), StartsWith("here."));
  EXPECT_EQ(std::get<std::shared_ptr<Session>>(store.find(session->id(), "")), session);
  EXPECT_EQ(store.live(), 1U);
  EXPECT_EQ(store.states(), 1U);
  EXPECT_EQ(store.counts().created, 1U);
}

TEST_F(SessionStoreTest, ShowsASessionToItsOwnerAlone) {
  const auto mine = create("me");
  EXPECT_EQ(why_gone(mine->id(), "you"), SessionEnd::none);
  EXPECT_EQ(why_gone(mine->id(), ""), SessionEnd::none);
  EXPECT_THAT(store.of("me"), ElementsAre(mine));
  EXPECT_THAT(store.of("you"), ElementsAre());
  mine->end(SessionEnd::expired);
  EXPECT_EQ(why_gone(mine->id(), "you"), SessionEnd::none);
  EXPECT_EQ(why_gone(mine->id(), "me"), SessionEnd::expired);
}

TEST_F(SessionStoreTest, NamesTheInstanceOfAnIdFromElsewhere) {
  const std::string secret(32, 'a');
  EXPECT_EQ(std::get<NoSession>(store.find("there." + secret, "")).instance, "there");
  EXPECT_EQ(std::get<NoSession>(store.find("here." + secret, "")).instance, "");
  EXPECT_EQ(std::get<NoSession>(store.find("../" + secret, "")).instance, "");
}

TEST_F(SessionStoreTest, RefusesOneTooManyWhileTheOthersAreInUse) {
  create();
  create();
  const auto made = try_create();
  EXPECT_EQ(std::get<Refused>(made).reason, Refusal::sessions_full);
  EXPECT_EQ(metrics.refusals(Refusal::sessions_full), 1U);
}

TEST_F(SessionStoreTest, RefusesAnOwnerWhoHasAllThatHeMayHave) {
  owner_max = 1;
  const auto mine = create("me");
  EXPECT_EQ(std::get<Refused>(try_create("me")).reason, Refusal::own_sessions_full);
  create("you");
  mine->end(SessionEnd::deleted);
  create("me");
  owner_max = 0;
  EXPECT_EQ(std::get<Refused>(try_create("nobody")).reason, Refusal::own_sessions_full);
}

TEST_F(SessionStoreTest, CountsNoSessionThatGotNoCell) {
  cells.refused = Refused{Refusal::queue_full, "full", 1};
  EXPECT_THAT(std::get<Refused>(try_create()).why, HasSubstr("full"));
  EXPECT_EQ(store.live(), 0U);
  cells.refused.reset();
  create();
  create();
  EXPECT_EQ(store.live(), 2U);
}

struct Impatient : SessionStoreTest {
  Impatient() : SessionStoreTest(impatient()) {}
  static SessionConfig impatient() {
    SessionConfig config = small_config();
    config.eviction_idle_min = 0ms;
    return config;
  }
};

TEST_F(Impatient, EvictsTheOneThatIsIdleLongest) {
  const auto first = create();
  const auto second = create();
  run(first);
  const auto third = create();
  EXPECT_EQ(why_gone(second->id()), SessionEnd::evicted);
  EXPECT_EQ(second->ended(), SessionEnd::evicted);
  EXPECT_TRUE(cells.records.at(1)->ended);
  EXPECT_EQ(store.counts().evicted, 1U);
  EXPECT_EQ(std::get<std::shared_ptr<Session>>(store.find(first->id(), "")), first);
}

TEST_F(Impatient, NeverEvictsOneThatRuns) {
  for (int i = 0; i < 2; ++i) {
    const auto session = create();
    cells.records.back()->reply.reset();
    start(session);
  }
  EXPECT_EQ(std::get<Refused>(try_create()).reason, Refusal::sessions_full);
}

struct FourPlaces : SessionStoreTest {
  FourPlaces() : SessionStoreTest(four_places()) {}
  static SessionConfig four_places() {
    SessionConfig config = Impatient::impatient();
    config.sessions_max = 4;
    return config;
  }
};

TEST_F(FourPlaces, AnOwnerBeyondItsShareEvictsItsOwn) {
  const auto yours = create("you");
  const auto first = create("me");
  create("me");
  create("me");
  create("me");
  EXPECT_EQ(first->ended(), SessionEnd::evicted);
  EXPECT_EQ(yours->ended(), SessionEnd::none);  // though it is idle longest
}

TEST_F(FourPlaces, ANewcomerTakesThePlaceOfOneWhoHasMoreThanItsShare) {
  const auto first = create("me");
  for (int i = 0; i < 3; ++i) create("me");
  create("you");
  EXPECT_EQ(first->ended(), SessionEnd::evicted);
  create("you");
  EXPECT_EQ(store.of("me").size(), 2U);
  create("you");  // has its share: one of its own goes
  EXPECT_EQ(store.of("me").size(), 2U);
  EXPECT_EQ(store.of("you").size(), 2U);
}

TEST_F(FourPlaces, NobodyWithinTheirShareIsEvictedForAnother) {
  const auto yours = create("you");
  for (int i = 0; i < 3; ++i) {
    const auto mine = create("me");
    cells.records.back()->reply.reset();
    start(mine);
  }
  EXPECT_EQ(std::get<Refused>(try_create("me")).reason, Refusal::sessions_full);
  EXPECT_EQ(yours->ended(), SessionEnd::none);
}

TEST_F(SessionStoreTest, EndsWhatIsIdleTooLongAndWhatIsTooOld) {
  const auto idle = create();
  const auto busy = create();
  cells.records.back()->reply.reset();
  start(busy);
  store.sweep(Clock::now() + config.limits.idle_time - 1s);
  EXPECT_EQ(store.live(), 2U);
  store.sweep(Clock::now() + config.limits.idle_time + 1s);
  EXPECT_EQ(why_gone(idle->id()), SessionEnd::expired);
  EXPECT_TRUE(cells.records.at(0)->ended);
  store.sweep(Clock::now() + config.limits.life_time + 1s);
  EXPECT_EQ(store.live(), 1U);  // not while it runs
  busy->interrupt();
  settle(loop);
  EXPECT_LE(busy->expires_at(), Clock::now() + config.limits.life_time);
  store.sweep(Clock::now() + config.limits.life_time + 1s);
  EXPECT_EQ(store.counts().expired, 2U);
}

TEST_F(SessionStoreTest, EndsAllAtTheEnd) {
  create();
  create();
  store.end_all();
  EXPECT_EQ(store.live(), 0U);
  EXPECT_TRUE(cells.records.at(0)->ended && cells.records.at(1)->ended);
}

}  // namespace
}  // namespace forkjail::server
