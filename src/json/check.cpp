#include "json/check.h"

#include <boost/json/basic_parser_impl.hpp>

#include "json/sax.h"

namespace forkjail::json {

bool is_valid(std::string_view text, std::size_t depth_max) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::json::basic_parser<SaxHandler> parser(options);
  boost::system::error_code ec;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), ec);
  return !ec && parsed == text.size();
}

}  // namespace forkjail::json
