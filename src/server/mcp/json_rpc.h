// JSON-RPC 2.0 messages as the Model Context Protocol uses them: a body is one message, ids that
// are strings or integers. Reads hostile documents, writes text. Pure
// (tests/fuzz/mcp_message_fuzz.cpp).
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace forkjail::server::mcp {

inline constexpr std::size_t kIdBytesMax = 1'024;  // of an id that is a string: it is sent back

enum class MessageKind : std::uint8_t { request, notification, response };

struct Message {
  MessageKind kind = MessageKind::request;
  std::string id;               // as JSON: `1` or `"a"`; empty: a notification
  std::string method;           // of a response empty
  boost::json::value document;  // all of it; copied nowhere, since it may be large

  [[nodiscard]] const boost::json::object& params() const;
  // Of a response; null: it is an error.
  [[nodiscard]] const boost::json::value* result() const {
    return document.get_object().if_contains("result");
  }
};

// What a request is refused with. The codes are those of JSON-RPC and of the protocol.
struct RpcError {
  int code;
  std::string message;
  unsigned status = 200;  // of HTTP: errors of a call are answers
  std::string data = {};  // JSON; empty: none
};
inline constexpr int kParseError = -32'700;
inline constexpr int kInvalidRequest = -32'600;
inline constexpr int kMethodNotFound = -32'601;
inline constexpr int kInvalidParams = -32'602;
inline constexpr int kCancelled = -32'000;  // from here to -32'019 the codes are a server's own
inline constexpr int kResourceNotFound = -32'002;  // of the old era alone
inline constexpr int kHeaderMismatch = -32'020;
inline constexpr int kMissingCapability = -32'021;
inline constexpr int kUnsupportedVersion = -32'022;

// Of a member that may be missing (null): its text. Empty: it is not a string.
[[nodiscard]] std::optional<std::string_view> text_of(const boost::json::value* value);

// An id, or another value that is sent back as it came, as JSON. Empty: it is not a string or an
// integer, or too long.
[[nodiscard]] std::optional<std::string> id_text(const boost::json::value& value);

// The id is known where it could be read, so that the error goes to its request.
struct FaultyMessage {
  RpcError error;
  std::string id;
};
[[nodiscard]] std::variant<Message, FaultyMessage> decode_message(boost::json::value document);

// `result`: a JSON object.
[[nodiscard]] std::string result_text(std::string_view id, std::string_view result);
// `id`: empty where it is not known.
[[nodiscard]] std::string error_text(std::string_view id, const RpcError& error);
// `params`: a JSON object.
[[nodiscard]] std::string notification_text(std::string_view method, std::string_view params);
// Of the server, to the client: only the old era has such.
[[nodiscard]] std::string request_text(std::string_view id, std::string_view method,
                                       std::string_view params);

}  // namespace forkjail::server::mcp
