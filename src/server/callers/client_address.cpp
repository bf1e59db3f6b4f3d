#include "server/callers/client_address.h"

#include <algorithm>
#include <charconv>

namespace forkjail::server {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

constexpr std::size_t kProxiesMax = 32;  // of one chain; what is further left is not looked at

// IPv4 that came over an IPv6 socket is IPv4.
address plain(const address& given) {
  if (!given.is_v6() || !given.to_v6().is_v4_mapped()) return given;
  return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, given.to_v6());
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<address> parse_address(std::string_view text) {
  constexpr std::size_t kLongest = 45;
  // Not with the zone of an interface, which is none of a client.
  if (text.empty() || text.size() > kLongest || text.find('%') != std::string_view::npos) {
    return std::nullopt;
  }
  boost::system::error_code ec;
  const address parsed = boost::asio::ip::make_address(std::string(text), ec);
  return ec ? std::nullopt : std::optional(plain(parsed));
}

// Also "1.2.3.4:567" and "[::1]:567", which some proxies write.
std::optional<address> parse_hop(std::string_view text) {
  if (text.starts_with('[')) return parse_address(text.substr(1, text.find(']') - 1));
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  return parse_address(text);
}

template <typename Bytes>
bool share_prefix(const Bytes& a, const Bytes& b, unsigned bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
    const unsigned here = std::min(bits, 8U);
    const auto mask = static_cast<unsigned>(0xFF00U >> here) & 0xFFU;
    if (((static_cast<unsigned>(a.at(i)) ^ static_cast<unsigned>(b.at(i))) & mask) != 0) {
      return false;
    }
    bits -= here;
  }
  return true;
}

bool is_trusted(const address& candidate, const std::vector<Network>& trusted) {
  return std::ranges::any_of(trusted,
                             [&](const Network& each) { return each.contains(candidate); });
}

}  // namespace

bool Network::contains(const boost::asio::ip::address& candidate) const {
  const auto given = plain(candidate);
  if (address.is_v4() != given.is_v4()) return false;
  return address.is_v4()
             ? share_prefix(address.to_v4().to_bytes(), given.to_v4().to_bytes(), prefix)
             : share_prefix(address.to_v6().to_bytes(), given.to_v6().to_bytes(), prefix);
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto parsed = parse_address(text.substr(0, slash));
  if (!parsed) return std::nullopt;
  const unsigned bits = parsed->is_v4() ? 32 : 128;
  Network network{*parsed, bits};
  if (slash == std::string_view::npos) return network;
  const std::string_view prefix = text.substr(slash + 1);
  const auto [end, ec] =
      std::from_chars(prefix.data(), prefix.data() + prefix.size(), network.prefix);
  const bool whole = ec == std::errc() && end == prefix.data() + prefix.size();
  return whole && network.prefix <= bits ? std::optional(network) : std::nullopt;
}

std::optional<std::vector<Network>> parse_networks(std::string_view text) {
  std::vector<Network> networks;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const auto network = parse_network(trimmed(text.substr(0, comma)));
    if (!network) return std::nullopt;
    networks.push_back(*network);
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return networks;
}

address client_address(const address& peer, std::string_view forwarded_for,
                       const std::vector<Network>& trusted) {
  address client = plain(peer);
  for (std::size_t hops = 0; hops < kProxiesMax && is_trusted(client, trusted); ++hops) {
    if (forwarded_for.empty()) return client;
    const auto comma = forwarded_for.rfind(',');
    const bool last = comma == std::string_view::npos;
    const auto hop = parse_hop(trimmed(last ? forwarded_for : forwarded_for.substr(comma + 1)));
    if (!hop) return client;
    client = *hop;
    forwarded_for = last ? std::string_view() : forwarded_for.substr(0, comma);
  }
  return client;
}

address share_of(const address& given) {
  const address whole = plain(given);
  if (whole.is_v4()) return whole;
  constexpr std::size_t kOfTheNetwork = 8;
  auto bytes = whole.to_v6().to_bytes();
  std::fill(bytes.begin() + kOfTheNetwork, bytes.end(), 0);
  return address_v6(bytes);
}

}  // namespace forkjail::server
