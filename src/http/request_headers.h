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
  api_key,
  authorization,
  forwarded_for,
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
    RequestHeaderRow{RequestHeader::api_key, "X-API-Key", false},
    RequestHeaderRow{RequestHeader::authorization, "Authorization", false},
    RequestHeaderRow{RequestHeader::forwarded_for, "X-Forwarded-For", true},
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
