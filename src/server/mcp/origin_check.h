// Whether a request comes from a page of another site. A browser lets any page send requests to
// addresses that it can reach; by a name that it controls a page can even make this service its own
// origin (DNS rebinding). What a browser sends says so: Origin, and Host. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace forkjail::server::mcp {

struct OriginRules {
  std::span<const std::string> hosts;         // the names by which clients reach the service
  bool only_these = false;                    // and those of this machine: no other Host is served
  std::span<const std::string> origins = {};  // whose pages may read answers
};

// Why it is refused; empty: it is not. `origin`, `host`: the headers, empty where there are none.
[[nodiscard]] std::string_view refuse_origin(std::string_view origin, std::string_view host,
                                             const OriginRules& rules);

// The name in "name:port", "[::1]:80" or either without a port; without brackets.
[[nodiscard]] std::string_view name_of_host(std::string_view host);
// A name or an address of this machine itself.
[[nodiscard]] bool is_loopback(std::string_view name);

}  // namespace forkjail::server::mcp
