// A body as a document in memory, for adapters, whose requests have more shapes than /execute's.
// Capped as it is read: nesting, the number of values (a value takes 24 bytes, and two of the body)
// and the members of an object, whose table a client could fill with keys that collide. Of a key
// that comes twice in one object the last value counts.
#pragma once

#include <boost/json/value.hpp>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/request_decoder.h"
#include "server/api/run_answer.h"

namespace forkjail::server {

inline constexpr std::size_t kDocumentDepthMax = 64;
inline constexpr std::size_t kDocumentValuesMax = 100'000;
inline constexpr std::size_t kDocumentMembersMax = 1'000;  // of one object

using Document = std::variant<boost::json::value, RequestError>;

// Reads a document in slices; what a slice costs is bounded by its bytes. Pure.
class DocumentReader {
 public:
  // `text` outlives it.
  explicit DocumentReader(std::string_view text);
  DocumentReader(const DocumentReader&) = delete;
  DocumentReader& operator=(const DocumentReader&) = delete;
  ~DocumentReader();

  // The next `bytes_max` bytes, at least 1. False: nothing is left to be done.
  [[nodiscard]] bool step(std::size_t bytes_max);
  // Once, when step() has returned false.
  [[nodiscard]] Document finish();

 private:
  void fail(std::string why, unsigned status = 400) { problem_ = {status, std::move(why)}; }

  std::string_view text_;
  std::size_t at_ = 0;
  struct Parser;
  std::unique_ptr<Parser> parser_;
  std::optional<RequestError> problem_;
};

// The whole text at once.
[[nodiscard]] Document parse_document(std::string_view text);

// The exchange's body, which is given free. Large ones in slices with turns of the loop in between.
// Empty: interrupted. All outlive the call.
Task<std::optional<Document>> read_document(http::Exchange& exchange,
                                            const ExecuteContext& context);

}  // namespace forkjail::server
