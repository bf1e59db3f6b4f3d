// Bytes of a connection become one request, or the reason why they do not. No socket and no clock:
// the connection brings the bytes, a fuzz target any others.
//
// Beast parses. What Beast lets pass and another reader of the same bytes might read differently
// (RFC 9112 section 6) is refused here and in http_framing.h, and so is what would grow without
// end. The outcome does not depend on how the bytes were cut into pieces.
#pragma once

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http/limits.h"

namespace forkjail::http {

struct RequestRefusal {
  unsigned status;
  std::string message;
};

class RequestReader {
 public:
  using Message = boost::beast::http::request<boost::beast::http::string_body>;

  // A body of `body_bytes_max` is taken unless limit_body() says less; 0: of the limits'.
  explicit RequestReader(const Limits& limits, std::size_t body_bytes_max = 0);
  RequestReader(const RequestReader&) = delete;  // the parser keeps a reference into it
  RequestReader& operator=(const RequestReader&) = delete;

  // Takes from the front of `bytes` what it can use of them, and says how many. It stops behind the
  // header and goes on at the next call. Not to be called once done() or refusal().
  std::size_t take(std::string_view bytes);

  [[nodiscard]] bool header_done() const { return parser_.is_header_done(); }
  [[nodiscard]] bool done() const { return parser_.is_done(); }
  [[nodiscard]] const std::optional<RequestRefusal>& refusal() const { return refusal_; }
  // The rest of the body cannot be read.
  void break_off(boost::system::error_code why);
  // Behind the header, before any of the body: at most so many bytes of it.
  void limit_body(std::size_t bytes_max);
  // The client sends its body only once it was told to.
  [[nodiscard]] bool expects_welcome() const;

  [[nodiscard]] const Message& message() const { return parser_.get(); }
  // Of the body, so far.
  [[nodiscard]] std::size_t body_bytes() const { return parser_.get().body().size(); }
  [[nodiscard]] std::string take_body() { return std::move(parser_.get().body()); }

 private:
  using ErrorCode = boost::system::error_code;

  std::size_t take_header(std::string_view bytes);
  std::size_t take_body(std::string_view bytes);
  void check_header(std::string_view taken);
  void count_chunk_extension(std::size_t bytes, ErrorCode& ec);
  [[nodiscard]] static RequestRefusal header_too_large(bool in_first_line);
  [[nodiscard]] RequestRefusal header_refusal(ErrorCode ec) const;
  [[nodiscard]] RequestRefusal body_refusal(ErrorCode ec) const;
  [[nodiscard]] RequestRefusal body_too_large() const;

  const Limits& limits_;
  std::size_t body_bytes_max_;
  boost::beast::http::request_parser<boost::beast::http::string_body> parser_;
  std::size_t header_bytes_ = 0;
  std::size_t chunk_extension_bytes_ = 0;
  std::function<void(std::uint64_t, boost::beast::string_view, ErrorCode&)> on_chunk_;
  std::optional<RequestRefusal> refusal_;
};

}  // namespace forkjail::http
