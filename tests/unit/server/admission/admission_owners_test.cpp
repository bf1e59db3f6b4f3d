// Owners of zygotes that clone for them alone: each waits for its own cells, and for no others.
#include <gmock/gmock.h>

#include "unit/server/admission/admission_fixture.h"

namespace forkjail::server {
namespace {

using testing::HasSubstr;

class AdmissionOfOwners : public AdmissionTest {
 protected:
  void SetUp() override {
    AdmissionTest::SetUp();
    pool.offer(1, false);
  }
  static PartyPtr party_of(protocol::Owner owner) {
    return std::make_shared<Party>(PartyTerms{.owner = owner});
  }
};

TEST_F(AdmissionOfOwners, GivesAnOwnerItsOwnCellsWhateverTheScriptNames) {
  park_cell(Flavour::light);
  park_cell(Flavour::full);
  const PartyPtr owner = party_of(1);
  ask(Flavour::light, owner);
  ask(Flavour::full, owner);
  EXPECT_FALSE(answers[0] || answers[1]);
  park_cell(Flavour::isolated_1);
  park_cell(Flavour::isolated_1);
  settle(loop);
  EXPECT_TRUE(admitted(0) && admitted(1));
  EXPECT_EQ(std::get<Admitted>(*answers[0]).cell.cell().id(), 3U);
  EXPECT_EQ(std::get<Admitted>(*answers[1]).cell.cell().id(), 4U);
}

TEST_F(AdmissionOfOwners, GivesTheCellsOfAnOwnerToNobodyElse) {
  park_cell(Flavour::isolated_1);
  for (const PartyPtr& party : {PartyPtr(), party_of(protocol::kEverybody), party_of(2)}) {
    ask(Flavour::light, party);
    EXPECT_FALSE(admitted(answers.size() - 1));
  }
}

TEST_F(AdmissionOfOwners, RefusesWhatWaitsForCellsThatItsKeyHasNoMore) {
  const PartyPtr party = party_of(1);
  ask(Flavour::light, party);
  party->set_terms({});
  pool.withdraw(1);
  settle(loop);
  EXPECT_THAT(refusal(0), HasSubstr("the key was changed"));
  EXPECT_EQ(admission.queued(), 0U);
}

TEST_F(AdmissionOfOwners, RefusesWhatWaitsForSharedCellsAndIsIsolatedNow) {
  const PartyPtr party = party_of(protocol::kEverybody);
  ask(Flavour::light, party);
  party->set_terms({.owner = 1});
  park_cell(Flavour::light);
  settle(loop);
  EXPECT_THAT(refusal(0), HasSubstr("the key was changed"));
}

TEST_F(AdmissionOfOwners, RefusesARemovedOwner) {
  park_cell();
  ask(Flavour::light, party_of(protocol::kNoOwner));
  EXPECT_THAT(refusal(0), HasSubstr("the key was changed"));
}

TEST_F(AdmissionOfOwners, SaysWhyAnOwnersZygoteDoesNotServe) {
  pool.on_zygote_failed(Flavour::isolated_1, "no memory");
  pool.on_zygote_failed(Flavour::isolated_1, "no memory");
  ask(Flavour::light, party_of(1));
  EXPECT_THAT(refusal(0), HasSubstr("no memory"));
  park_cell();
  ask();
  EXPECT_TRUE(admitted(1));
  EXPECT_FALSE(pool.not_ready_reason());
}

}  // namespace
}  // namespace forkjail::server
