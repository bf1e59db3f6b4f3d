#include "server/json_check.h"

#include <boost/json/basic_parser_impl.hpp>

#include "server/json_sax.h"

namespace forkjail::server {

bool is_json(std::string_view text, std::size_t depth_max) {
  boost::json::parse_options options;
  options.max_depth = depth_max;
  boost::json::basic_parser<JsonSaxHandler> parser(options);
  boost::system::error_code ec;
  const std::size_t parsed = parser.write_some(false, text.data(), text.size(), ec);
  return !ec && parsed == text.size();
}

}  // namespace forkjail::server
