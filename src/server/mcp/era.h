// Which revision of the Model Context Protocol a message speaks. Clients of the old era (up to
// 2025-11-25) begin with `initialize`; those of the new one say the revision in each request, in a
// header and in `_meta`, and repeat its method and name in headers. Both come to one path. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "server/mcp/json_rpc.h"

namespace forkjail::server::mcp {

inline constexpr std::string_view kModernVersion = "2026-07-28";
// The newest first: what a client is offered that asks for an unknown one.
inline constexpr std::array<std::string_view, 4> kLegacyVersions{"2025-11-25", "2025-06-18",
                                                                 "2025-03-26", "2024-11-05"};

enum class Era : std::uint8_t { legacy, modern };

// What the client sent; empty: nothing.
struct ProtocolHeaders {
  std::string_view version;  // MCP-Protocol-Version
  std::string_view method;   // Mcp-Method
  std::string_view name;     // Mcp-Name
};

// Of a request or a notification. An error: headers and body contradict each other, or the revision
// is unknown.
[[nodiscard]] std::variant<Era, RpcError> era_of(const Message& message,
                                                 const ProtocolHeaders& headers);

// ["2026-07-28", ...]
[[nodiscard]] std::string versions_json();
// What `initialize` agrees on.
[[nodiscard]] std::string_view negotiated_version(std::string_view requested);

// A member of params._meta; null: there is none.
[[nodiscard]] const boost::json::value* meta_of(const Message& message, std::string_view name);

// A value of a header that may be written as `=?base64?...?=`.
[[nodiscard]] std::string decoded_header(std::string_view value);

}  // namespace forkjail::server::mcp
