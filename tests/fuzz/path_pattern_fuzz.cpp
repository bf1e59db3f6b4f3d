// Any target of a request: what a parameter takes has one meaning for every later reader.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "http/path_pattern.h"
#include "json/utf8.h"

using namespace forkjail;

namespace {

bool climbs(std::string_view path) {
  const std::string closed = "/" + std::string(path) + "/";
  return closed.find("/../") != std::string::npos;
}

void check(const http::PathPattern& pattern, std::string_view path,
           std::size_t parameters_expected) {
  http::PathParameters parameters;
  if (pattern.match(path, parameters) != http::PathMatch::yes) return;
  FORKJAIL_CHECK(parameters.size() == parameters_expected);
  for (const http::PathParameter& parameter : parameters) {
    FORKJAIL_CHECK(!parameter.value.empty() && parameter.value.size() <= path.size());
    FORKJAIL_CHECK(json::is_utf8_text(parameter.value));  // and without NUL
    FORKJAIL_CHECK(!climbs(parameter.value));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const http::PathPattern one("/s/{id}");
  static const http::PathPattern rest("/s/{id}/f/{path...}");
  static const http::PathPattern literal("/s");
  const std::string path = "/s/" + std::string(reinterpret_cast<const char*>(data), size);
  check(one, path, 1);
  check(rest, path, 2);
  check(literal, path, 0);
  check(rest, std::string_view(path).substr(3), 2);
  return 0;
}
