// What is wrong with a body that is not JSON, in words for those who sent it. Pure.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstddef>
#include <string>
#include <string_view>

namespace forkjail::server {

// One line for what Boost.JSON's parser said of `body` at byte `at`.
[[nodiscard]] std::string json_problem(boost::system::error_code ec, std::string_view body,
                                       std::size_t at, std::size_t depth_max);

inline constexpr std::string_view kByteOrderMarkProblem =
    "the body starts with a byte order mark; send plain UTF-8";
[[nodiscard]] inline bool starts_with_byte_order_mark(std::string_view body) {
  return body.starts_with("\xEF\xBB\xBF");
}

}  // namespace forkjail::server
