// A file in a body of multipart/form-data (RFC 7578), as forms and client libraries send one. Pure
// (tests/fuzz/multipart_fuzz.cpp).
#pragma once

#include <string>
#include <string_view>
#include <variant>

namespace forkjail::http {

struct UploadedFile {
  std::string name;          // as the client calls it; may be empty
  std::string_view content;  // in the body
};
struct MultipartProblem {
  std::string_view why;  // a constant
};

// The file in the field `field`. The boundary is the body's first line: all clients begin with it.
[[nodiscard]] std::variant<UploadedFile, MultipartProblem> uploaded_file(std::string_view body,
                                                                         std::string_view field);

}  // namespace forkjail::http
