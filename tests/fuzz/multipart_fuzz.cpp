// A form with a file: the content must lie in the body, whatever the body is.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "http/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto found = forkjail::http::uploaded_file(body, "file");
  if (const auto* file = std::get_if<forkjail::http::UploadedFile>(&found)) {
    const bool is_inside = file->content.data() >= body.data() &&
                           file->content.data() + file->content.size() <= body.data() + body.size();
    if (!is_inside || file->name.size() > body.size()) std::abort();
  }
  return 0;
}
