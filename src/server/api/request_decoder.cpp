#include "server/api/request_decoder.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>

#include "json/slices.h"
#include "server/api/execute_body_reader.h"
#include "server/api/json_problem.h"

namespace forkjail::server {
namespace {

boost::json::parse_options parse_options() {
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax + 1;  // the body's own object around args
  return options;
}

}  // namespace

struct RequestDecoder::Parser : boost::json::basic_parser<ExecuteBodyReader> {
  Parser(const RequestTerms& terms, const json::HashSecret& secret, std::size_t body_bytes)
      : basic_parser(parse_options(), terms, secret, body_bytes) {}
};

RequestDecoder::RequestDecoder(std::string_view body, const RequestTerms& terms,
                               const json::HashSecret& secret)
    : body_(body), parser_(std::make_unique<Parser>(terms, secret, body.size())) {
  if (body.empty()) {
    error_ = {400, "the body is empty; send a JSON object with script"};
  } else if (starts_with_byte_order_mark(body)) {
    error_ = {400, std::string(kByteOrderMarkProblem)};
  }
}

RequestDecoder::~RequestDecoder() = default;

bool RequestDecoder::step(std::size_t bytes_max) {
  if (!error_.message.empty()) return false;
  const std::string_view piece = json::next_slice(body_.substr(at_), bytes_max);
  const bool is_last = at_ + piece.size() == body_.size();
  boost::system::error_code ec;
  const std::size_t taken = parser_->write_some(!is_last, piece.data(), piece.size(), ec);
  at_ += taken;
  if (parser_->handler().failed()) {
    error_ = parser_->handler().take_error();
    return false;
  }
  if (!ec && taken < piece.size())
    ec = boost::json::make_error_code(boost::json::error::extra_data);
  if (ec) error_ = {400, json_problem(ec, body_, at_, kJsonDepthMax)};
  return !ec && !is_last;
}

Decoded RequestDecoder::finish() {
  if (!error_.message.empty()) return std::move(error_);
  return parser_->handler().finish();
}

Decoded decode_execution_request(std::string_view body, const RunLimits& maxima,
                                 const json::HashSecret& secret) {
  return decode_request(body, {.maxima = maxima}, secret);
}

Decoded decode_request(std::string_view body, const RequestTerms& terms,
                       const json::HashSecret& secret) {
  RequestDecoder decoder(body, terms, secret);
  while (decoder.step(body.size())) {
  }
  return decoder.finish();
}

}  // namespace forkjail::server
