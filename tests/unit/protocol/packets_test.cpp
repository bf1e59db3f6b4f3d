#include "protocol/packets.h"

#include <gtest/gtest.h>

#include "protocol/wire.h"

namespace forkjail::protocol {
namespace {

std::vector<std::byte> bytes_of(const auto& message, std::string_view text = {}) {
  return with_text(message, text);
}

TEST(ServerPacket, IsAnOrderWithAKnownVerbAndFlavour) {
  const ServerMessage spawn{.verb = ServerVerb::spawn, .flavour = Flavour::full};
  const auto decoded = decode_server_packet(bytes_of(spawn));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->verb, ServerVerb::spawn);
  EXPECT_EQ(decoded->flavour, Flavour::full);
}

TEST(Flavours, AreTheRowsOfTheirTableInTurn) {
  for (const FlavourRow& row : kFlavours) {
    EXPECT_EQ(&row_of(row.flavour), &row);
    EXPECT_EQ(row_of(row.zygote).owner, row.owner) << row.name;
    EXPECT_TRUE(row_of(row.zygote).has_zygote()) << row.name;
  }
}

TEST(Flavours, OfAnOwnerServeAllThatItAsksFor) {
  EXPECT_EQ(flavour_for(Flavour::light, kEverybody), Flavour::light);
  EXPECT_EQ(flavour_for(Flavour::session, kEverybody), Flavour::session);
  for (Owner owner = 1; owner <= kIsolatedOwnersMax; ++owner) {
    const auto own = flavour_for(Flavour::light, owner);
    ASSERT_TRUE(own);
    EXPECT_EQ(flavour_for(Flavour::full, owner), own);
    EXPECT_TRUE(owner_of(*own) == owner && !is_session(*own));
    const auto session = flavour_for(Flavour::session, owner);
    ASSERT_TRUE(session);
    EXPECT_TRUE(owner_of(*session) == owner && is_session(*session));
    EXPECT_EQ(row_of(*session).zygote, *own);
  }
  EXPECT_FALSE(flavour_for(Flavour::light, kIsolatedOwnersMax + 1));
  EXPECT_FALSE(flavour_for(Flavour::session, kNoOwner));
}

TEST(ServerPacket, IsRefusedOtherwise) {
  const ServerMessage end{.verb = ServerVerb::end, .cell = 7};
  auto unknown_verb = end;
  unknown_verb.verb = static_cast<ServerVerb>(99);
  auto unknown_flavour = end;
  unknown_flavour.flavour = static_cast<Flavour>(99);
  EXPECT_TRUE(decode_server_packet(bytes_of(end)));
  EXPECT_FALSE(decode_server_packet({}));
  EXPECT_FALSE(decode_server_packet(as_wire(end).first(sizeof end - 1)));
  EXPECT_FALSE(decode_server_packet(bytes_of(end, "more")));
  EXPECT_FALSE(decode_server_packet(bytes_of(unknown_verb)));
  EXPECT_FALSE(decode_server_packet(bytes_of(unknown_flavour)));
}

TEST(SupervisorPacket, BringsTextOrAReportWhereItsVerbHasOne) {
  const SupervisorMessage ready{.verb = SupervisorVerb::zygote_ready};
  const auto decoded = decode_supervisor_packet(bytes_of(ready, "level\tfull\n"));
  ASSERT_TRUE(decoded);
  ASSERT_TRUE(decoded->report);
  EXPECT_EQ(decoded->report->level, IsolationLevel::full);

  const SupervisorMessage failed{.verb = SupervisorVerb::spawn_failed, .sys_errno = EAGAIN};
  const auto why = decode_supervisor_packet(bytes_of(failed, "clone"));
  ASSERT_TRUE(why);
  EXPECT_EQ(why->text, "clone");
  EXPECT_FALSE(why->report);
}

TEST(SupervisorPacket, IsRefusedOtherwise) {
  const SupervisorMessage ready{.verb = SupervisorVerb::zygote_ready};
  const SupervisorMessage ended{.verb = SupervisorVerb::cell_ended};
  auto unknown_verb = ended;
  unknown_verb.verb = static_cast<SupervisorVerb>(0);
  auto unknown_flavour = ended;
  unknown_flavour.flavour = static_cast<Flavour>(99);
  auto unknown_excess = ended;
  unknown_excess.scratch_excess = static_cast<ScratchExcess>(3);
  EXPECT_TRUE(decode_supervisor_packet(bytes_of(ended)));
  EXPECT_FALSE(decode_supervisor_packet(as_wire(ended).first(sizeof ended - 1)));
  EXPECT_FALSE(decode_supervisor_packet(bytes_of(ended, "more")));
  EXPECT_FALSE(decode_supervisor_packet(bytes_of(ready, "nonsense")));
  EXPECT_FALSE(decode_supervisor_packet(bytes_of(unknown_verb)));
  EXPECT_FALSE(decode_supervisor_packet(bytes_of(unknown_flavour)));
  EXPECT_FALSE(decode_supervisor_packet(bytes_of(unknown_excess)));
}

TEST(ZygotePacket, HasOnlyTheVerbsOfItsSender) {
  const ZygoteMessage exited{.verb = ZygoteVerb::exited, .cell = 3};
  const ZygoteMessage clone{.verb = ZygoteVerb::clone, .cell = 3};
  EXPECT_TRUE(decode_zygote_packet(bytes_of(exited)));
  EXPECT_FALSE(decode_zygote_packet(bytes_of(clone)));
  EXPECT_TRUE(decode_zygote_order(bytes_of(clone)));
  EXPECT_FALSE(decode_zygote_order(bytes_of(exited)));
}

TEST(ZygotePacket, IsRefusedWhenItsLengthOrReportIsWrong) {
  const ZygoteMessage exited{.verb = ZygoteVerb::exited};
  const ZygoteMessage ready{.verb = ZygoteVerb::ready};
  EXPECT_FALSE(decode_zygote_packet(as_wire(exited).first(sizeof exited - 1)));
  EXPECT_FALSE(decode_zygote_packet(bytes_of(exited, "more")));
  EXPECT_FALSE(decode_zygote_packet(bytes_of(ready, "layer\tx\n")));
  EXPECT_TRUE(decode_zygote_packet(bytes_of(ready, "version\tpython\t3.13\n")));
}

}  // namespace
}  // namespace forkjail::protocol
