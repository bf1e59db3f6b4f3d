#include "server/admission/fair_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <utility>

namespace forkjail::server {
namespace {

using testing::ElementsAre;

constexpr Lane kLight = lane_of(protocol::Flavour::light);
constexpr Lane kFull = lane_of(protocol::Flavour::full);

Lanes all_lanes() { return Lanes().set(); }

class FairQueueTest : public testing::Test {
 protected:
  PartyPtr party(char name, const PartyTerms& terms = {}) {
    auto& known = parties[name];
    if (known == nullptr) known = std::make_shared<Party>(terms);
    return known;
  }
  // One request of each of these parties, in this order.
  void join(std::string_view names, Lane lane = kLight) {
    for (const char name : names) {
      queue.join(places.emplace_back(party(name), lane));
      names_of[&places.back()] = name;
    }
  }
  // Who is served as long as somebody is, each run ending before the next starts.
  std::string serve_all() {
    std::string served;
    while (Place* const place = queue.next(all_lanes())) {
      served += names_of[place];
      queue.serve(*place);
      queue.end(*place->party);
    }
    return served;
  }
  // Who is served while runs go on.
  std::string fill() {
    std::string served;
    while (Place* const place = queue.next(all_lanes())) {
      served += names_of[place];
      queue.serve(*place);
    }
    return served;
  }

  FairQueue queue{{.running_max = 3, .reserve = 1}};
  std::map<char, PartyPtr> parties;
  std::deque<Place> places;
  std::map<const Place*, char> names_of;
};

TEST_F(FairQueueTest, ServesOnePartyInTheOrderOfItsRequests) {
  join("aaa");
  const Place* const first = &places.front();
  EXPECT_EQ(queue.next(all_lanes()), first);
  EXPECT_EQ(serve_all(), "aaa");
  EXPECT_EQ(queue.size(), 0U);
}

TEST_F(FairQueueTest, ServesPartiesInTurnHoweverManyRequestsOneHas) {
  struct Row {
    std::string_view joined;
    std::string_view served;
  };
  for (const auto& [joined, served] :
       {Row{"aaaaab", "abaaaa"}, Row{"aaabbb", "ababab"}, Row{"aabbcc", "abcabc"},
        Row{"abcaaa", "abcaaa"}, Row{"", ""}}) {
    join(joined);
    EXPECT_EQ(serve_all(), served);
  }
}

TEST_F(FairQueueTest, GivesAHeavierPartyMoreRequestsInItsTurn) {
  party('a', {.weight = 2});
  party('b', {.weight = 1});
  join("aaaaabbb");
  EXPECT_EQ(serve_all(), "aabaabab");
}

TEST_F(FairQueueTest, BoundsTheRuns) {
  join("aaaaa");
  EXPECT_EQ(fill(), "aaa");
  EXPECT_EQ(queue.running(), 3U);
  queue.end(*party('a'));
  EXPECT_EQ(fill(), "a");
}

TEST_F(FairQueueTest, KeepsAReserveForAPartyOfWhichNothingRuns) {
  join("aaaaa");
  EXPECT_EQ(fill(), "aaa");
  join("bbc");
  EXPECT_EQ(fill(), "b");  // not its second one, and no third party
  EXPECT_FALSE(queue.may_start(*party('b')));
  queue.end(*party('b'));
  EXPECT_EQ(fill(), "c");  // b had its turn
  queue.end(*party('a'));
  EXPECT_EQ(fill(), "b");  // before the a that came first: nothing of b runs
}

TEST_F(FairQueueTest, NeverRunsMoreOfAPartyThanItMay) {
  party('a', {.running_max = 1});
  join("aab");
  EXPECT_EQ(fill(), "ab");
  EXPECT_FALSE(queue.is_waited_for(kLight));
  queue.end(*party('a'));
  EXPECT_TRUE(queue.is_waited_for(kLight));
  EXPECT_EQ(fill(), "a");
}

TEST_F(FairQueueTest, LooksOnlyAtThoseWhoWaitForWhatThereIs) {
  join("a", kFull);
  join("ab", kLight);
  Lanes light;
  light.set(kLight);
  Place* const place = queue.next(light);
  ASSERT_NE(place, nullptr);
  EXPECT_EQ(place, &places[1]);
  queue.serve(*place);
  EXPECT_EQ(names_of[queue.next(light)], 'b');
  EXPECT_EQ(queue.next(Lanes()), nullptr);
}

TEST_F(FairQueueTest, KeepsTheTurnOfOneThatCouldNotBeServed) {
  join("a", kFull);
  join("bb", kLight);
  Lanes light;
  light.set(kLight);
  queue.serve(*queue.next(light));
  EXPECT_EQ(names_of[queue.next(all_lanes())], 'a');
}

TEST_F(FairQueueTest, ForgetsOneThatGivesUp) {
  join("aab");
  queue.leave(places[0]);
  EXPECT_EQ(queue.next(all_lanes()), &places[1]);
  queue.leave(places[1]);
  EXPECT_EQ(serve_all(), "b");
  EXPECT_EQ(party('a')->queued(), 0U);
}

TEST_F(FairQueueTest, LetsTheLatestOfTheLongestQueueGiveWay) {
  join("aaabb");
  EXPECT_EQ(queue.gives_way_to(*party('c')), &places[2]);
  EXPECT_EQ(queue.gives_way_to(*party('b')), nullptr);  // it would have as many
  EXPECT_EQ(queue.gives_way_to(*party('a')), nullptr);
  party('d', {.weight = 4});
  join("dddd");
  EXPECT_EQ(queue.gives_way_to(*party('c')), &places[2]);  // four of weight four are fewer
}

TEST_F(FairQueueTest, TellsWhatThoseWaitForWhoCouldStart) {
  join("aaaa", kLight);
  join("b", kFull);
  const auto before = queue.startable();
  EXPECT_EQ(before.at(kLight), 2U);
  EXPECT_EQ(before.at(kFull), 1U);
  for (int i = 0; i < 3; ++i) queue.start(*party('a'));
  const auto full = queue.startable();
  EXPECT_EQ(full.at(kLight), 0U);
  EXPECT_EQ(full.at(kFull), 1U);  // of the reserve
  for (int i = 0; i < 3; ++i) queue.end(*party('a'));
}

}  // namespace
}  // namespace forkjail::server
