#include "server/callers/client_address.h"

#include <gtest/gtest.h>

#include <string>

namespace forkjail::server {
namespace {

using boost::asio::ip::make_address;

TEST(ClientAddress, KnowsNetworks) {
  struct Row {
    std::string_view network;
    std::string address;
    bool contains;
  };
  for (const auto& [network, address, contains] :
       {Row{"10.0.0.0/8", "10.255.0.1", true}, Row{"10.0.0.0/8", "11.0.0.1", false},
        Row{"10.1.2.3", "10.1.2.3", true}, Row{"10.1.2.3", "10.1.2.4", false},
        Row{"0.0.0.0/0", "8.8.8.8", true}, Row{"0.0.0.0/0", "::1", false},
        Row{"192.168.4.0/22", "192.168.7.255", true}, Row{"192.168.4.0/22", "192.168.8.0", false},
        Row{"fd00::/8", "fd12::1", true}, Row{"fd00::/8", "fe80::1", false},
        Row{"10.0.0.0/8", "::ffff:10.1.1.1", true}}) {
    const auto parsed = parse_network(network);
    ASSERT_TRUE(parsed) << network;
    EXPECT_EQ(parsed->contains(make_address(address)), contains) << network << " " << address;
  }
}

TEST(ClientAddress, RefusesWhatIsNoNetwork) {
  for (const std::string_view text : {"", "x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129",
                                      "10.0.0.0/8x", "fe80::1%eth0", "10.0.0"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
  EXPECT_EQ(parse_networks("10.0.0.0/8, fd00::/8")->size(), 2U);
  EXPECT_EQ(parse_networks("")->size(), 0U);
  EXPECT_FALSE(parse_networks("10.0.0.0/8,,::1"));
}

TEST(ClientAddress, TrustsOnlyWhatTrustedProxiesSay) {
  struct Row {
    std::string peer;
    std::string_view forwarded_for;
    std::string_view client;
  };
  const auto trusted = *parse_networks("10.0.0.0/8,192.168.0.1");
  for (const auto& [peer, forwarded_for, client] :
       {Row{"9.9.9.9", "1.2.3.4", "9.9.9.9"},               // anybody can say this
        Row{"10.0.0.1", "", "10.0.0.1"},                    //
        Row{"10.0.0.1", "1.2.3.4", "1.2.3.4"},              //
        Row{"10.0.0.1", "6.6.6.6, 1.2.3.4", "1.2.3.4"},     // the left part is the client's own
        Row{"10.0.0.1", "6.6.6.6, 10.0.0.2", "6.6.6.6"},    // through two proxies
        Row{"10.0.0.1", "10.0.0.2", "10.0.0.2"},            //
        Row{"10.0.0.1", "nonsense", "10.0.0.1"},            //
        Row{"10.0.0.1", "1.2.3.4:567", "1.2.3.4"},          //
        Row{"10.0.0.1", "[2001:db8::1]:5", "2001:db8::1"},  //
        Row{"10.0.0.1", "2001:db8::1", "2001:db8::1"},      //
        Row{"::ffff:10.0.0.1", "1.2.3.4", "1.2.3.4"},       //
        Row{"10.0.0.1", ",", "10.0.0.1"}, Row{"10.0.0.1", "[", "10.0.0.1"}}) {
    EXPECT_EQ(client_address(make_address(peer), forwarded_for, trusted).to_string(), client)
        << peer << " / " << forwarded_for;
  }
}

TEST(ClientAddress, LooksAtABoundedPartOfAChain) {
  std::string chain = "6.6.6.6";
  for (int i = 0; i < 1'000; ++i) chain += ", 10.0.0.2";
  const auto client =
      client_address(make_address("10.0.0.1"), chain, *parse_networks("10.0.0.0/8"));
  EXPECT_EQ(client.to_string(), "10.0.0.2");
}

TEST(ClientAddress, CountsASixtyFourOfIpv6AsOne) {
  EXPECT_EQ(share_of(make_address("1.2.3.4")).to_string(), "1.2.3.4");
  EXPECT_EQ(share_of(make_address("::ffff:1.2.3.4")).to_string(), "1.2.3.4");
  EXPECT_EQ(share_of(make_address("2001:db8:1:2:3:4:5:6")).to_string(), "2001:db8:1:2::");
  EXPECT_NE(share_of(make_address("2001:db8:1:3::1")), share_of(make_address("2001:db8:1:2::1")));
}

}  // namespace
}  // namespace forkjail::server
