// The files in a form (RFC 7578), all of them, with the names that E2B's clients give them. Pure
// (tests/fuzz/e2b_form_fuzz.cpp).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/api/request_decoder.h"

namespace forkjail::server {

inline constexpr std::size_t kFormPartsMax = 1'000;

struct FormPart {
  std::string field;
  std::string file_name;  // empty: a field of text
  std::string_view content;
};

// The parts in order; views into `body`. The boundary is what the body begins with, so that no
// header is needed for it.
[[nodiscard]] std::variant<std::vector<FormPart>, RequestError> read_form(std::string_view body);

}  // namespace forkjail::server
