#include "server/routes.h"

#include <algorithm>
#include <iterator>

#include "server/api/execute_handler.h"
#include "server/api/execution_response.h"
#include "server/api/session_routes.h"
#include "server/api/status_handlers.h"
#include "server/api/usage_handler.h"
#include "server/compat/compat_routes.h"
#include "server/compat/e2b_routes.h"
#include "server/mcp/mcp_handler.h"
#include "server/openapi/openapi_document.h"
#include "server/page/page_routes.h"
#include "server/parts.h"

namespace forkjail::server {
namespace {

// Tells how the service is, at once, also where connections run short.
template <typename Answer>
http::Route status_route(std::string_view path, Answer answer) {
  return {.path = path,
          .handler = [answer](http::Exchange&) -> Task<http::Response> { co_return answer(); },
          .is_status = true};
}

// Likewise, and to those who have no key, such as health checks.
template <typename Answer>
http::Route open_status_route(std::string_view path, Answer answer) {
  http::Route route = status_route(path, answer);
  route.open = true;
  return route;
}

std::vector<http::Route> plain_routes(Parts& parts) {
  return {
      {.method = http::Method::post,
       .path = "/execute",
       .body = http::BodyUse::json,
       .errors = execution_error,
       .handler =
           [&parts](http::Exchange& exchange) { return handle_execute(exchange, parts.execute); },
       .has_request_id = true},
      {.method = http::Method::post,
       .path = "/mcp",
       .body = http::BodyUse::json,
       .errors = mcp::rpc_error,
       .handler =
           [&parts](http::Exchange& exchange) {
             return mcp::handle_mcp(exchange, parts.mcp_context);
           },
       .has_request_id = true},
      open_status_route("/health", [] { return health_response(); }),
      open_status_route("/ready", [&parts] { return ready_response(parts.status); }),
      status_route("/info", [&parts] { return info_response(parts.status); }),
      status_route("/metrics", [&parts] { return metrics_response(parts.status); }),
      status_route("/openapi.json", [&parts] { return openapi_response(parts.openapi); }),
  };
}

}  // namespace

std::vector<http::Route> service_routes(Parts& parts) {
  std::vector<http::Route> routes = plain_routes(parts);
  if (parts.config.sessions.sessions_max > 0) {
    std::ranges::move(session_routes(parts.in_sessions), std::back_inserter(routes));
    std::ranges::move(e2b_routes(parts.e2b), std::back_inserter(routes));
  }
  routes.push_back(usage_route());
  if (parts.config.has_page) {
    std::ranges::move(page_routes(page_files()), std::back_inserter(routes));
  }
  std::ranges::move(compat_routes(parts.compat, parts.config.compat_roots, routes),
                    std::back_inserter(routes));
  return routes;
}

}  // namespace forkjail::server
