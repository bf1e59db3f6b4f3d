#include "server/mcp/origin_check.h"

#include <algorithm>
#include <boost/asio/ip/address.hpp>

namespace forkjail::server::mcp {
namespace {

char lowered(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_name(std::string_view left, std::string_view right) {
  return std::ranges::equal(left, right, {}, lowered, lowered);
}

bool is_named(std::string_view name, const OriginRules& rules) {
  return std::ranges::any_of(rules.hosts,
                             [&](const std::string& host) { return same_name(host, name); });
}

// "https://name:port" without the scheme; empty: it is not such an origin ("null" is one that a
// browser does not disclose).
std::string_view host_of_origin(std::string_view origin) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return origin.substr(scheme.size());
  }
  return {};
}

}  // namespace

std::string_view name_of_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end == std::string_view::npos ? std::string_view() : host.substr(1, end - 1);
  }
  return host.substr(0, host.find(':'));
}

bool is_loopback(std::string_view name) {
  if (same_name(name, "localhost")) return true;
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string(name), ec);
  return !ec && address.is_loopback();
}

std::string_view refuse_origin(std::string_view origin, std::string_view host,
                               const OriginRules& rules) {
  const std::string_view name = name_of_host(host);
  const bool local = is_loopback(name);
  if (rules.only_these && !local && !is_named(name, rules)) {
    return "this Host is not served; --mcp-hosts names those that are";
  }
  if (origin.empty() || std::ranges::find(rules.origins, origin) != rules.origins.end()) return {};
  const std::string_view site = name_of_host(host_of_origin(origin));
  // A page of this machine may use a service of this machine; any other has to be named.
  if (!site.empty() && (is_named(site, rules) || (local && is_loopback(site)))) return {};
  return "pages of this Origin may not send requests here; --cors-origin names those that may";
}

}  // namespace forkjail::server::mcp
