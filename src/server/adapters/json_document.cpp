#include "server/adapters/json_document.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/value_stack.hpp>
#include <string>
#include <utility>

#include "json/sax.h"
#include "json/slices.h"
#include "server/api/json_problem.h"

namespace forkjail::server {
namespace {

// Builds the document of a parser's events.
struct Builder : json::SaxHandler {
  static constexpr std::size_t max_object_size = kDocumentMembersMax;

  bool on_array_end(std::size_t count, error_code& ec) {
    stack.push_array(count);
    return count_value(ec);
  }
  bool on_object_end(std::size_t count, error_code& ec) {
    stack.push_object(count);
    return count_value(ec);
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code&) {
    stack.push_key(part);
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    stack.push_chars(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code& ec) {
    stack.push_string(part);
    return count_value(ec);
  }
  bool on_int64(std::int64_t number, string_view, error_code& ec) {
    stack.push_int64(number);
    return count_value(ec);
  }
  bool on_uint64(std::uint64_t number, string_view, error_code& ec) {
    stack.push_uint64(number);
    return count_value(ec);
  }
  bool on_double(double number, string_view, error_code& ec) {
    stack.push_double(number);
    return count_value(ec);
  }
  bool on_bool(bool flag, error_code& ec) {
    stack.push_bool(flag);
    return count_value(ec);
  }
  bool on_null(error_code& ec) {
    stack.push_null();
    return count_value(ec);
  }

  boost::json::value_stack stack;

 private:
  bool count_value(error_code& ec) {
    if (++values_ <= kDocumentValuesMax) return true;
    ec = make_error_code(boost::json::error::array_too_large);
    return false;
  }

  std::size_t values_ = 0;
};

boost::json::parse_options parse_options() {
  boost::json::parse_options options;
  options.max_depth = kDocumentDepthMax;
  return options;
}

bool is_too_large(boost::system::error_code ec) {
  return ec == boost::json::error::array_too_large || ec == boost::json::error::object_too_large;
}

}  // namespace

struct DocumentReader::Parser : boost::json::basic_parser<Builder> {
  Parser() : basic_parser(parse_options()) {}
};

DocumentReader::DocumentReader(std::string_view text)
    : text_(text), parser_(std::make_unique<Parser>()) {
  parser_->handler().stack.reset();
  if (text.empty()) {
    fail("the body is empty; send JSON");
  } else if (starts_with_byte_order_mark(text)) {
    fail(std::string(kByteOrderMarkProblem));
  }
}

DocumentReader::~DocumentReader() = default;

bool DocumentReader::step(std::size_t bytes_max) {
  if (problem_) return false;
  const std::string_view piece = json::next_slice(text_.substr(at_), bytes_max);
  const bool is_last = at_ + piece.size() == text_.size();
  boost::system::error_code ec;
  const std::size_t taken = parser_->write_some(!is_last, piece.data(), piece.size(), ec);
  at_ += taken;
  if (!ec && taken < piece.size()) ec = make_error_code(boost::json::error::extra_data);
  if (is_too_large(ec)) {
    fail("the body has more than " + std::to_string(kDocumentValuesMax) +
             " values, or an object with more than " + std::to_string(kDocumentMembersMax) +
             " members; send large data as a string",
         413);
  } else if (ec) {
    fail(json_problem(ec, text_, at_, kDocumentDepthMax));
  }
  return !ec && !is_last;
}

Document DocumentReader::finish() {
  if (problem_) return *std::move(problem_);
  return parser_->handler().stack.release();
}

Document parse_document(std::string_view text) {
  DocumentReader reader(text);
  while (reader.step(text.size())) {
  }
  return reader.finish();
}

Task<std::optional<Document>> read_document(http::Exchange& exchange,
                                            const ExecuteContext& context) {
  std::string& body = exchange.request.body;
  std::optional<Document> document;
  if (DecodeTurns::is_small(body)) {
    document = parse_document(body);
  } else {
    std::optional<DocumentReader> reader;  // takes memory once it is its turn
    const DecodeTurns::Step step = [&](std::size_t slice_bytes) {
      if (!reader) reader.emplace(body);
      return reader->step(slice_bytes);
    };
    const bool done =
        co_await context.decode_turns.in_turns(body.size(), step, exchange.interruption);
    if (done) document = reader->finish();
  }
  std::string().swap(body);
  co_return document;
}

}  // namespace forkjail::server
