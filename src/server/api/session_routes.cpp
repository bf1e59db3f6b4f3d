#include "server/api/session_routes.h"

#include "server/api/execution_response.h"
#include "server/api/session_file_handlers.h"

namespace forkjail::server {

using http::BodyUse;
using http::Method;

std::vector<http::Route> session_routes(const SessionContext& context) {
  const auto handler = [&context](auto handle) {
    return [&context, handle](http::Exchange& exchange) { return handle(exchange, context); };
  };
  constexpr std::string_view kFile = "/sessions/{id}/files/{path...}";
  return {
      {.method = Method::post,
       .path = "/sessions",
       .body = BodyUse::json_if_any,
       .handler = handler(create_session),
       .has_request_id = true},
      {.path = "/sessions", .handler = handler(list_sessions)},
      {.path = "/sessions/{id}", .handler = handler(describe_session)},
      {.method = Method::remove, .path = "/sessions/{id}", .handler = handler(delete_session)},
      {.method = Method::post,
       .path = "/sessions/{id}/execute",
       .body = BodyUse::json,
       .errors = execution_error,
       .handler = handler(execute_in_session),
       .has_request_id = true},
      {.method = Method::post,
       .path = "/sessions/{id}/interrupt",
       .handler = handler(interrupt_session)},
      {.path = "/sessions/{id}/files", .handler = handler(list_session_files)},
      {.path = kFile, .handler = handler(get_session_file)},
      {.method = Method::put,
       .path = kFile,
       .body = BodyUse::raw,
       .body_bytes_max = context.file_bytes_max,
       .handler = handler(put_session_file)},
      {.method = Method::remove, .path = kFile, .handler = handler(delete_session_file)},
  };
}

}  // namespace forkjail::server
