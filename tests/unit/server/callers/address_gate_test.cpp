#include "server/callers/address_gate.h"

#include <gtest/gtest.h>

namespace forkjail::server {
namespace {

class AddressGateTest : public testing::Test {
 protected:
  std::shared_ptr<http::Caller> ask(const std::string& peer,
                                    const std::string& forwarded_for = {}) {
    http::RequestHeaders headers;
    headers.set(http::RequestHeader::forwarded_for, forwarded_for);
    const auto address = boost::asio::ip::make_address(peer);
    return std::get<std::shared_ptr<http::Caller>>(
        gate.admit({"POST", "/execute", headers, address}, route));
  }

  std::vector<Network> trusted = *parse_networks("10.0.0.0/8");
  AddressGate gate{trusted};
  http::Route route;
};

TEST_F(AddressGateTest, KnowsTheClientsOfOneAddressAsOneParty) {
  EXPECT_EQ(ask("1.2.3.4"), ask("1.2.3.4"));
  EXPECT_NE(ask("1.2.3.4"), ask("1.2.3.5"));
  EXPECT_EQ(ask("2001:db8::1"), ask("2001:db8::2"));
  EXPECT_EQ(ask("10.0.0.1", "1.2.3.4"), ask("1.2.3.4"));
  EXPECT_EQ(ask("1.2.3.5", "1.2.3.4"), ask("1.2.3.5"));
}

TEST_F(AddressGateTest, GivesThemNoName) { EXPECT_EQ(ask("1.2.3.4")->name(), ""); }

TEST_F(AddressGateTest, DoesNotTellApartWhoAsksHowTheServiceIs) {
  route.is_status = true;
  EXPECT_EQ(ask("1.2.3.4"), nullptr);
  EXPECT_EQ(gate.known(), 0U);
}

TEST_F(AddressGateTest, ForgetsThoseOfWhomNothingGoesOn) {
  const auto kept = ask("1.2.3.4");
  for (int i = 0; i < 10'000; ++i) {
    ask("20.0." + std::to_string(i / 256) + "." + std::to_string(i % 256));
  }
  EXPECT_LE(gate.known(), 512U);
  EXPECT_EQ(ask("1.2.3.4"), kept);
}

}  // namespace
}  // namespace forkjail::server
