// Which states a session has, where it is, and which one is dropped next.
#include "server/sessions/state_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace forkjail::server {
namespace {

using testing::ElementsAre;

constexpr WallClock::time_point kNow{};

std::vector<StateId> ids(const StateTree& tree) {
  std::vector<StateId> found;
  for (const auto& [id, state] : tree.states()) found.push_back(id);
  return found;
}

// A run from the head, whose state is kept.
StateId run(StateTree& tree) {
  const StateId made = tree.reserve();
  tree.advance(made, tree.head(), kNow);
  EXPECT_FALSE(tree.note_kept(made));
  return made;
}

StateTree new_tree() {
  StateTree tree(kNow, true);
  EXPECT_FALSE(tree.note_kept(kFirstState));
  return tree;
}

TEST(StateTree, GrowsFromTheHead) {
  StateTree tree = new_tree();
  EXPECT_EQ(tree.head(), 1U);
  EXPECT_EQ(run(tree), 2U);
  EXPECT_EQ(run(tree), 3U);
  EXPECT_EQ(tree.head(), 3U);
  EXPECT_THAT(ids(tree), ElementsAre(1, 2, 3));
  EXPECT_EQ(tree.find(3)->parent, 2U);
  EXPECT_EQ(tree.find(1)->parent, 0U);
  EXPECT_EQ(tree.find(4), nullptr);
}

TEST(StateTree, BranchesAndNeverGivesANameTwice) {
  StateTree tree = new_tree();
  run(tree);
  run(tree);
  const StateId failed = tree.reserve();  // a run that left no state
  tree.go_to(2);
  const StateId made = tree.reserve();
  EXPECT_NE(made, failed);
  tree.advance(made, 2, kNow);
  EXPECT_EQ(tree.find(made)->parent, 2U);
  EXPECT_THAT(ids(tree), ElementsAre(1, 2, 3, made));
}

TEST(StateTree, LosesWhatIsNotKeptOnceTheSessionLeavesIt) {
  StateTree tree = new_tree();
  const StateId second = tree.reserve();
  tree.advance(second, 1, kNow);
  tree.note_lost(second);  // it could not be kept, but the session is there
  EXPECT_THAT(ids(tree), ElementsAre(1, 2));
  run(tree);
  EXPECT_THAT(ids(tree), ElementsAre(1, 3));
  tree.note_lost(1);
  EXPECT_THAT(ids(tree), ElementsAre(3));
}

TEST(StateTree, HasOneStateWhereNoneIsKept) {
  StateTree tree(kNow, false);
  for (int i = 0; i < 3; ++i) tree.advance(tree.reserve(), tree.head(), kNow);
  EXPECT_THAT(ids(tree), ElementsAre(4));
}

TEST(StateTree, KeepsAStateWhoseKeepingIsStillAwaited) {
  StateTree tree = new_tree();
  tree.advance(tree.reserve(), 1, kNow);
  tree.advance(tree.reserve(), 2, kNow);
  EXPECT_THAT(ids(tree), ElementsAre(1, 2, 3));
  tree.note_lost(2);
  EXPECT_THAT(ids(tree), ElementsAre(1, 3));
}

TEST(StateTree, DropsTheOldestThatIsNotNamed) {
  StateTree tree = new_tree();
  for (int i = 0; i < 4; ++i) run(tree);
  EXPECT_FALSE(tree.drop_one(5));
  tree.note_named(1);
  tree.note_named(3);
  EXPECT_EQ(tree.drop_one(4), 2U);
  EXPECT_EQ(tree.drop_one(3), 4U);
  EXPECT_EQ(tree.drop_one(2), 1U);  // the named ones too, once there are no others
  EXPECT_EQ(tree.drop_one(1), 3U);
  EXPECT_FALSE(tree.drop_one(0));  // never the head
  EXPECT_EQ(tree.head(), 5U);
}

TEST(StateTree, NamesTheNearestStateBehindOneThatIsNotKept) {
  StateTree tree = new_tree();
  const auto advance = [&] {
    const StateId made = tree.reserve();
    tree.advance(made, tree.head(), kNow);
    return made;
  };
  EXPECT_FALSE(tree.note_kept(1));
  EXPECT_EQ(advance(), 2U);
  EXPECT_FALSE(tree.note_kept(2));
  tree.go_to(1);
  EXPECT_EQ(advance(), 3U);
  EXPECT_EQ(tree.way_back(3), 3U);  // its copy is being made
  tree.note_lost(3);
  EXPECT_EQ(tree.way_back(3), 1U);  // which it was made from
  EXPECT_EQ(tree.way_back(9), 2U);  // of one that is not known: the newest
}

TEST(StateTree, HoldsOneOfARowOfEdits) {
  StateTree tree = new_tree();
  const auto edit = [&] {
    const StateId before = tree.head();
    const StateId made = tree.reserve();
    tree.advance(made, before, kNow);
    tree.note_edit(made, before);
    return made;
  };
  EXPECT_EQ(edit(), 2U);
  EXPECT_FALSE(tree.note_kept(2));  // the state before was a run's
  EXPECT_EQ(edit(), 3U);
  EXPECT_THAT(ids(tree), ElementsAre(1, 2, 3));  // until the new one is kept
  EXPECT_EQ(tree.note_kept(3), 2U);
  EXPECT_THAT(ids(tree), ElementsAre(1, 3));
  EXPECT_EQ(tree.find(3)->parent, 1U);
  tree.note_named(3);
  EXPECT_EQ(edit(), 4U);
  EXPECT_FALSE(tree.note_kept(4));  // one that somebody named stays
  EXPECT_THAT(ids(tree), ElementsAre(1, 3, 4));
}

TEST(StateNames, AreReadAsTheyAreWritten) {
  EXPECT_EQ(name_of_state(12), "s12");
  EXPECT_EQ(state_of_name("s12"), 12U);
  for (const char* name :
       {"", "s", "s0", "s01", "12", "S1", "s-1", "s1 ", "s1x", "s+1", "s99999999999999999999"}) {
    EXPECT_FALSE(state_of_name(name)) << name;
  }
}

}  // namespace
}  // namespace forkjail::server
