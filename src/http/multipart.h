// Bodies of multipart/form-data (RFC 7578), as forms and client libraries send them. Pure
// (tests/fuzz/multipart_fuzz.cpp, tests/fuzz/e2b_form_fuzz.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace forkjail::http {

// Views into the body.
struct MultipartPart {
  std::optional<std::string_view> disposition;  // of its headers, after the colon
  std::string_view content;
};

// Reads the parts one after the other. The boundary is the body's first line: all clients begin
// with it, so that no header is needed for it.
class MultipartReader {
 public:
  enum class State : std::uint8_t {
    reading,
    over,  // behind the last part
    no_boundary,
    no_header_end,  // of a part, within `header_bytes_max`
    no_part_end,
    odd_boundary,  // which neither ends its line nor the body
  };

  // `body` outlives it.
  MultipartReader(std::string_view body, std::size_t header_bytes_max);

  // The next part. Empty: there is none, and state() says why.
  [[nodiscard]] std::optional<MultipartPart> next();
  [[nodiscard]] State state() const { return state_; }

 private:
  std::string_view rest_;
  std::string delimiter_;
  std::size_t header_bytes_max_;
  State state_ = State::reading;
};

struct UploadedFile {
  std::string name;          // as the client calls it; may be empty
  std::string_view content;  // in the body
};
struct MultipartProblem {
  std::string_view why;  // a constant
};

// The file in the field `field`, which is among the first parts. Its names are quoted with
// backslashes.
[[nodiscard]] std::variant<UploadedFile, MultipartProblem> uploaded_file(std::string_view body,
                                                                         std::string_view field);

}  // namespace forkjail::http
