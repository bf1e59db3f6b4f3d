// JSON schemas of request bodies, made from the very tables that the decoder reads
// (server/api/request_fields.h, run_limit_fields.h, file_fields.h), so that a description of the
// API cannot say something else than the decoder does. JSON Schema 2020-12, as OpenAPI 3.1 and the
// Model Context Protocol use it. Pure.
#pragma once

#include <boost/json/object.hpp>

#include "base/limits.h"
#include "server/api/request_fields.h"
#include "server/run/session_fields.h"

namespace forkjail::server {

// The most that a request may ask for.
struct LimitMaxima {
  RunLimits run;
  SessionLimits session;
};

// Of the whole body of such a request.
[[nodiscard]] boost::json::object request_schema(RequestForm form, const LimitMaxima& maxima);

}  // namespace forkjail::server
