// Which client a request came from, as far as its address tells: the peer of the connection, or
// what trusted proxies say of it. Anybody can write X-Forwarded-For, so that only what a trusted
// proxy has appended counts. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace forkjail::server {

// "10.0.0.0/8", "fd00::/8"; an address alone is a network of one.
struct Network {
  boost::asio::ip::address address;
  unsigned prefix = 0;

  [[nodiscard]] bool contains(const boost::asio::ip::address& candidate) const;
};

[[nodiscard]] std::optional<Network> parse_network(std::string_view text);
// Separated by commas, blanks around them. Empty: one of them is not a network.
[[nodiscard]] std::optional<std::vector<Network>> parse_networks(std::string_view text);

// The last address of the chain that is not a trusted proxy's.
[[nodiscard]] boost::asio::ip::address client_address(const boost::asio::ip::address& peer,
                                                      std::string_view forwarded_for,
                                                      const std::vector<Network>& trusted);

// What one client can hardly have many of: an IPv4 address, or the /64 of an IPv6 address.
[[nodiscard]] boost::asio::ip::address share_of(const boost::asio::ip::address& address);

}  // namespace forkjail::server
