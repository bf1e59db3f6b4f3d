// The JSON schemas of the API's answers, by name. Pure.
#pragma once

#include <boost/json/object.hpp>

namespace forkjail::server {

[[nodiscard]] boost::json::object answer_schemas();

}  // namespace forkjail::server
