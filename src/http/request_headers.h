// The fields of a request's header that handlers may see: rows of a table, copied from the parser,
// which bounds them all together. A field that has one value and decides something (who asks, from
// where, in which version) must not come twice: two readers could choose different ones. Pure.
#pragma once

#include <array>
#include <boost/beast/http/fields.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::http {

enum class RequestHeader : std::uint8_t {
  accept,
  accept_encoding,
  access_token,
  api_key,
  authorization,
  cors_headers,
  cors_method,
  e2b_sandbox_id,
  e2b_traffic_access_token,
  forwarded_for,
  host,
  if_none_match,
  mcp_method,
  mcp_name,
  mcp_protocol_version,
  origin,
  request_id,
};

struct RequestHeaderRow {
  RequestHeader header;
  std::string_view name;
  bool joins;  // several are one list, in order, with ", " between; else a second one is refused
};
inline constexpr std::array kRequestHeaders{
    RequestHeaderRow{RequestHeader::accept, "Accept", true},
    RequestHeaderRow{RequestHeader::accept_encoding, "Accept-Encoding", true},
    RequestHeaderRow{RequestHeader::access_token, "X-Access-Token", false},
    RequestHeaderRow{RequestHeader::api_key, "X-API-Key", false},
    RequestHeaderRow{RequestHeader::authorization, "Authorization", false},
    RequestHeaderRow{RequestHeader::cors_headers, "Access-Control-Request-Headers", true},
    RequestHeaderRow{RequestHeader::cors_method, "Access-Control-Request-Method", false},
    RequestHeaderRow{RequestHeader::e2b_sandbox_id, "E2b-Sandbox-Id", false},
    RequestHeaderRow{RequestHeader::e2b_traffic_access_token, "E2B-Traffic-Access-Token", false},
    RequestHeaderRow{RequestHeader::forwarded_for, "X-Forwarded-For", true},
    RequestHeaderRow{RequestHeader::host, "Host", false},
    RequestHeaderRow{RequestHeader::if_none_match, "If-None-Match", true},
    RequestHeaderRow{RequestHeader::mcp_method, "Mcp-Method", false},
    RequestHeaderRow{RequestHeader::mcp_name, "Mcp-Name", false},
    RequestHeaderRow{RequestHeader::mcp_protocol_version, "MCP-Protocol-Version", false},
    RequestHeaderRow{RequestHeader::origin, "Origin", false},
    // Two joined are not a valid id, so that a new one is made.
    RequestHeaderRow{RequestHeader::request_id, "X-Request-Id", true},
};

class RequestHeaders {
 public:
  RequestHeaders() = default;
  explicit RequestHeaders(const boost::beast::http::fields& fields);

  // Empty: it was not sent, or has no value.
  [[nodiscard]] std::string_view operator[](RequestHeader header) const {
    return values_.at(static_cast<std::size_t>(header));
  }
  void set(RequestHeader header, std::string value) {
    values_.at(static_cast<std::size_t>(header)) = std::move(value);
  }

 private:
  std::array<std::string, kRequestHeaders.size()> values_;
};

// The name of a field that was sent twice and must not be. Empty if there is none.
[[nodiscard]] std::optional<std::string_view> repeated_header(
    const boost::beast::http::fields& fields);

}  // namespace forkjail::http
