#include "protocol/zygote_report.h"

#include <gtest/gtest.h>

#include "protocol/failure.h"
#include "protocol/supervisor_channel.h"
#include "protocol/wire.h"

namespace forkjail::protocol {
namespace {

TEST(ZygoteReport, ComesBackAsItWent) {
  const ZygoteReport report{
      IsolationLevel::full,
      {{"pid namespace", LayerState::on, ""}, {"cgroup", LayerState::off, "no\tcontroller\nhere"}},
      {{"python", "3.11.2"}, {"numpy", "2.3.5"}},
      {"numpy", "six"},
      WarmUp::whole};
  const auto decoded = decode_zygote_report(encode(report));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->level, IsolationLevel::full);
  ASSERT_EQ(decoded->layers.size(), 2U);
  EXPECT_EQ(decoded->layers[1].state, LayerState::off);
  EXPECT_EQ(decoded->layers[1].why, "no controller here");  // one line, no separators
  EXPECT_EQ(decoded->versions, report.versions);
  EXPECT_EQ(decoded->modules, report.modules);
  EXPECT_EQ(decoded->warm_up, WarmUp::whole);
}

TEST(ZygoteReport, IsRefusedWhenALineHasAnotherForm) {
  for (const char* text : {"level\n", "level\tmedium\n", "warm_up\thalf\n", "layer\tx\ton\n",
                           "layer\tx\tmaybe\t\n", "version\tpython\n", "module\n", "nonsense\n"}) {
    EXPECT_FALSE(decode_zygote_report(text)) << text;
  }
}

TEST(Wire, GivesNothingForAShortMessage) {
  const ServerMessage message{.verb = ServerVerb::end, .cell = 7, .value = 9};
  const auto bytes = as_wire(message);
  const auto decoded = from_wire<ServerMessage>(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->cell, 7U);
  EXPECT_FALSE(from_wire<ServerMessage>(bytes.first(bytes.size() - 1)));
}

TEST(FailureKinds, AreClaimableOnlyWhereAScriptCanCauseThemItself) {
  EXPECT_EQ(claimed_kind("exception"), FailureKind::exception);
  for (const auto name : {"wall_time", "cpu_time", "syscall", "crash", "", "Exception"}) {
    EXPECT_FALSE(claimed_kind(name)) << name;
  }
  for (const auto& row : kFailureKinds) EXPECT_EQ(name_of(row.kind), row.name);
}

}  // namespace
}  // namespace forkjail::protocol
