// A body as a document in memory, for adapters, whose requests have more shapes than /execute's.
// Nesting and the memory that it takes are capped, so that a body of ten megabytes of "[0,0,..." is
// refused instead of held.  Of a key that comes twice in one object the last value counts.
#pragma once

#include <boost/json/stream_parser.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/request_decoder.h"
#include "server/api/run_answer.h"

namespace forkjail::server {

inline constexpr std::size_t kDocumentDepthMax = 64;
// What its values take beside the text of its strings.
inline constexpr std::size_t kDocumentBytesMax = 32 * kMiB;

using Document = std::variant<boost::json::value, RequestError>;

// Reads a document in slices; what a slice costs is bounded by its bytes. Pure.
class DocumentReader {
 public:
  // `text` outlives it.
  explicit DocumentReader(std::string_view text);

  // The next `bytes_max` bytes, at least 1. False: nothing is left to be done.
  [[nodiscard]] bool step(std::size_t bytes_max);
  // Once, when step() has returned false.
  [[nodiscard]] Document finish();

 private:
  void fail(std::string why, unsigned status = 400) { problem_ = {status, std::move(why)}; }

  std::string_view text_;
  std::size_t at_ = 0;
  boost::json::stream_parser parser_;
  std::optional<RequestError> problem_;
};

// The whole text at once.
[[nodiscard]] Document parse_document(std::string_view text);

// The exchange's body, which is given free. Large ones in slices with turns of the loop in between.
// Empty: interrupted. All outlive the call.
Task<std::optional<Document>> read_document(http::Exchange& exchange,
                                            const ExecuteContext& context);

}  // namespace forkjail::server
