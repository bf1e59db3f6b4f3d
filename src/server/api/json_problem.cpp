#include "server/api/json_problem.h"

#include <boost/json/error.hpp>

namespace forkjail::server {
namespace {

// A script that was pasted between the quotes: JSON has no line breaks inside a string.
bool is_raw_control(std::string_view body, std::size_t at) {
  return at < body.size() && static_cast<unsigned char>(body[at]) < 0x20;
}

std::string what_is_wrong(boost::system::error_code ec, std::string_view body, std::size_t at) {
  using Code = boost::json::error;
  if (ec == Code::incomplete) return "it ends too early";
  if (ec == Code::extra_data) return "unexpected data after the object";
  if (ec == Code::illegal_leading_surrogate || ec == Code::illegal_trailing_surrogate ||
      ec == Code::expected_utf16_escape) {
    return "an unpaired surrogate escape";
  }
  if (ec == Code::syntax && is_raw_control(body, at)) {
    return R"(a raw line break or tab inside a string; write it as \n or \t)";
  }
  return ec.message();
}

}  // namespace

std::string json_problem(boost::system::error_code ec, std::string_view body, std::size_t at,
                         std::size_t depth_max) {
  if (ec == boost::json::error::too_deep) {
    return "the body is nested deeper than " + std::to_string(depth_max) + " levels";
  }
  return "the body is not valid JSON in UTF-8: " + what_is_wrong(ec, body, at) + " (at byte " +
         std::to_string(at) + ")";
}

}  // namespace forkjail::server
