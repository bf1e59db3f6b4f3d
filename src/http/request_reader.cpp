#include "http/request_reader.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>

#include "http/framing.h"
#include "http/request_headers.h"

namespace forkjail::http {

namespace beast = boost::beast::http;
namespace {

// The parser takes the last chunk with its trailers in one piece, of which this is the shortest. It
// ends the process if it begins to read the first chunk as the last one and meets fewer bytes then.
constexpr std::string_view kShortestLastChunk = "0\r\n\r\n";

}  // namespace

RequestReader::RequestReader(const Limits& limits, std::size_t body_bytes_max)
    : limits_(limits), body_bytes_max_(std::max(body_bytes_max, limits.body_bytes_max)) {
  parser_.header_limit(limits.header_bytes_max);
  parser_.body_limit(body_bytes_max_);
}

std::size_t RequestReader::take(std::string_view bytes) {
  return header_done() ? take_body(bytes) : take_header(bytes);
}

bool RequestReader::expects_welcome() const {
  return !done() && !message()[beast::field::expect].empty();
}

// ---- header ----

std::size_t RequestReader::take_header(std::string_view bytes) {
  ErrorCode ec;
  const std::size_t taken = parser_.put(boost::asio::buffer(bytes), ec);
  const bool in_first_line = header_bytes_ == 0 && bytes.find('\n') == std::string_view::npos;
  header_bytes_ += taken;
  // The parser's own limit is on what it was given and has not taken.
  const std::size_t bytes_min = header_bytes_ + (header_done() ? 0 : bytes.size() - taken + 1);
  if (ec == beast::error::header_limit || bytes_min > limits_.header_bytes_max) {
    refusal_ = header_too_large(in_first_line);
  } else if (ec && ec != beast::error::need_more) {
    refusal_ = header_refusal(ec);
  } else {
    check_header(bytes.substr(0, taken));
  }
  return taken;
}

// What the parser took is whole lines, each with the folds that belong to it.
void RequestReader::check_header(std::string_view taken) {
  if (has_folded_line(taken)) refusal_ = {400, "a header field is folded over two lines"};
  if (refusal_ || !header_done()) return;
  const Message& header = parser_.get();
  if (const auto error = check_framing(header, header.version(), header.target(), limits_)) {
    refusal_ = {error->status, std::string(error->message)};
  } else if (const auto name = repeated_header(header)) {
    refusal_ = {400, "send one " + std::string(*name) + " header"};
  } else if (expects_welcome() &&
             !boost::beast::iequals(header[beast::field::expect], "100-continue")) {
    refusal_ = {417, "the only supported expectation is 100-continue"};
  }
}

RequestRefusal RequestReader::header_too_large(bool in_first_line) {
  if (in_first_line) return {414, "the request target is too long"};
  return {431, "the request header is too large"};
}

RequestRefusal RequestReader::header_refusal(ErrorCode ec) const {
  if (ec == beast::error::body_limit) return body_too_large();
  if (ec == beast::error::bad_version) return {505, "use HTTP/1.1"};
  return {400, "the request is not valid HTTP: " + ec.message()};
}

// ---- body ----

std::size_t RequestReader::take_body(std::string_view bytes) {
  const bool may_be_last_chunk = bytes.starts_with(kShortestLastChunk.front());
  if (parser_.chunked() && may_be_last_chunk && bytes.size() < kShortestLastChunk.size()) return 0;
  if (!on_chunk_ && parser_.chunked()) {
    on_chunk_ = [this](std::uint64_t, boost::beast::string_view extensions, ErrorCode& ec) {
      count_chunk_extension(extensions.size(), ec);
    };
    parser_.on_chunk_header(on_chunk_);
  }
  parser_.eager(true);
  ErrorCode ec;
  const std::size_t taken = parser_.put(boost::asio::buffer(bytes), ec);
  if (ec && ec != beast::error::need_more) refusal_ = body_refusal(ec);
  return taken;
}

void RequestReader::limit_body(std::size_t bytes_max) {
  body_bytes_max_ = bytes_max;
  parser_.body_limit(bytes_max);
  // A length that was sent was held against the limit that stood then.
  if (parser_.content_length_remaining().value_or(0) > bytes_max) refusal_ = body_too_large();
}

void RequestReader::count_chunk_extension(std::size_t bytes, ErrorCode& ec) {
  chunk_extension_bytes_ += bytes;
  if (chunk_extension_bytes_ > limits_.chunk_extension_bytes_max) {
    ec = beast::error::bad_chunk_extension;
  }
}

void RequestReader::break_off(ErrorCode why) {
  if (why == boost::asio::error::no_buffer_space) {  // they must fit the connection's buffer
    refusal_ = {400, "a chunk header or the trailers are too large"};
  } else {
    refusal_ = {400, "the request body is incomplete: " + why.message()};
  }
}

RequestRefusal RequestReader::body_too_large() const {
  return {413, "the body is larger than " + std::to_string(body_bytes_max_) + " bytes"};
}

RequestRefusal RequestReader::body_refusal(ErrorCode ec) const {
  if (ec == beast::error::body_limit) return body_too_large();
  return {400, "the request body is not valid HTTP: " + ec.message()};
}

}  // namespace forkjail::http
