#include "server/adapters/json_document.h"

#include <boost/json/memory_resource.hpp>
#include <boost/json/storage_ptr.hpp>
#include <new>
#include <string>
#include <utility>

#include "json/slices.h"
#include "server/api/json_problem.h"

namespace forkjail::server {
namespace {

// Memory from the heap, up to a limit. Boost.JSON's values keep it alive.
class CappedMemory final : public boost::json::memory_resource {
 public:
  explicit CappedMemory(std::size_t bytes_max) : left_(bytes_max) {}

 private:
  void* do_allocate(std::size_t bytes, std::size_t align) override {
    if (bytes > left_) throw std::bad_alloc();
    void* const memory = ::operator new(bytes, std::align_val_t(align));
    left_ -= bytes;
    return memory;
  }
  void do_deallocate(void* memory, std::size_t bytes, std::size_t align) override {
    ::operator delete(memory, std::align_val_t(align));
    left_ += bytes;
  }
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override {
    return this == &other;
  }

  std::size_t left_;
};

boost::json::parse_options parse_options() {
  boost::json::parse_options options;
  options.max_depth = kDocumentDepthMax;
  return options;
}

}  // namespace

DocumentReader::DocumentReader(std::string_view text) : text_(text), parser_({}, parse_options()) {
  // Twice: a string that grows is copied from one place to another.
  parser_.reset(
      boost::json::make_shared_resource<CappedMemory>(kDocumentBytesMax + 2 * text.size()));
  if (text.empty()) {
    fail("the body is empty; send JSON");
  } else if (starts_with_byte_order_mark(text)) {
    fail(std::string(kByteOrderMarkProblem));
  }
}

bool DocumentReader::step(std::size_t bytes_max) {
  if (problem_) return false;
  const std::string_view piece = json::next_slice(text_.substr(at_), bytes_max);
  boost::system::error_code ec;
  std::size_t taken = 0;
  try {
    taken = parser_.write_some(piece.data(), piece.size(), ec);
    at_ += taken;
    if (!ec && taken < piece.size()) ec = make_error_code(boost::json::error::extra_data);
    if (!ec && at_ == text_.size()) parser_.finish(ec);
  } catch (const std::bad_alloc&) {
    fail("the body has too many values; send large data as a string", 413);
    return false;
  }
  if (ec) fail(json_problem(ec, text_, at_, kDocumentDepthMax));
  return !ec && at_ < text_.size();
}

Document DocumentReader::finish() {
  if (problem_) return *std::move(problem_);
  return parser_.release();
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
