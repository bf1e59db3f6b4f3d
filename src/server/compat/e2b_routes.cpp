#include "server/compat/e2b_routes.h"

#include <array>

#include "server/compat/e2b_control.h"
#include "server/compat/e2b_files.h"
#include "server/compat/e2b_filesystem.h"
#include "server/compat/e2b_runs.h"

namespace forkjail::server {
namespace {

using http::BodyUse;
using http::Method;

using Handle = Task<http::Response> (*)(http::Exchange&, const E2bDoor&);

enum class Of : std::uint8_t { control, runs, files };

struct PathRow {
  Of of;
  Method method;
  std::string_view path;
  BodyUse body;
  Handle handle;
};

Task<http::Response> not_supported(http::Exchange& /*exchange*/, const E2bDoor& /*door*/) {
  constexpr unsigned kNotImplemented = 501;
  co_return http::error_response(kNotImplemented,
                                 "not supported here; docs/compat.md lists what works", e2b_error);
}

#define FORKJAIL_E2B "/compat/e2b"
constexpr std::array kPaths{
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes", BodyUse::json,
            create_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/v2/sandboxes", BodyUse::json,
            create_e2b_sandbox},
    PathRow{Of::control, Method::get, FORKJAIL_E2B "/sandboxes", BodyUse::none, list_e2b_sandboxes},
    PathRow{Of::control, Method::get, FORKJAIL_E2B "/v2/sandboxes", BodyUse::none,
            list_e2b_sandboxes},
    PathRow{Of::control, Method::get, FORKJAIL_E2B "/sandboxes/{id}", BodyUse::none,
            describe_e2b_sandbox},
    PathRow{Of::control, Method::remove, FORKJAIL_E2B "/sandboxes/{id}", BodyUse::none,
            kill_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/timeout", BodyUse::json_if_any,
            time_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/refreshes",
            BodyUse::json_if_any, time_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/connect", BodyUse::json_if_any,
            connect_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/v2/sandboxes/{id}/connect",
            BodyUse::json_if_any, connect_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/resume", BodyUse::json_if_any,
            connect_e2b_sandbox},
    PathRow{Of::control, Method::get, FORKJAIL_E2B "/sandboxes/{id}/metrics", BodyUse::none,
            not_supported},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/pause", BodyUse::json_if_any,
            pause_e2b_sandbox},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/snapshots", BodyUse::none,
            not_supported},
    PathRow{Of::control, Method::post, FORKJAIL_E2B "/sandboxes/{id}/fork", BodyUse::none,
            not_supported},
    PathRow{Of::control, Method::put, FORKJAIL_E2B "/sandboxes/{id}/network", BodyUse::none,
            not_supported},
    PathRow{Of::runs, Method::post, FORKJAIL_E2B "/execute", BodyUse::json, execute_for_e2b},
    PathRow{Of::runs, Method::post, FORKJAIL_E2B "/contexts", BodyUse::json_if_any,
            create_e2b_context},
    PathRow{Of::runs, Method::get, FORKJAIL_E2B "/contexts", BodyUse::none, list_e2b_contexts},
    PathRow{Of::runs, Method::remove, FORKJAIL_E2B "/contexts/{context}", BodyUse::none,
            delete_e2b_context},
    PathRow{Of::runs, Method::post, FORKJAIL_E2B "/contexts/{context}/restart", BodyUse::none,
            restart_e2b_context},
    PathRow{Of::runs, Method::get, FORKJAIL_E2B "/health", BodyUse::none, e2b_health},
    PathRow{Of::files, Method::get, FORKJAIL_E2B "/files", BodyUse::none, read_e2b_file},
    PathRow{Of::files, Method::post, FORKJAIL_E2B "/files", BodyUse::raw, write_e2b_files},
    PathRow{Of::files, Method::post, FORKJAIL_E2B "/filesystem.Filesystem/{call}", BodyUse::raw,
            call_e2b_filesystem},
    PathRow{Of::files, Method::post, FORKJAIL_E2B "/process.Process/{call}", BodyUse::none,
            refuse_e2b_process},
};
#undef FORKJAIL_E2B

}  // namespace

std::vector<http::Route> e2b_routes(const E2bDoor& door) {
  std::vector<http::Route> routes;
  routes.reserve(kPaths.size());
  for (const PathRow& row : kPaths) {
    http::Route route;
    route.method = row.method;
    route.path = row.path;
    route.body = row.body;
    route.errors = row.of == Of::runs ? e2b_text_error : e2b_error;
    route.handler = [&door, handle = row.handle](http::Exchange& exchange) {
      return handle(exchange, door);
    };
    route.has_request_id = true;
    // Who may use a sandbox is told by its token (e2b_door.h).
    route.open = row.of != Of::control;
    if (row.body == BodyUse::raw) route.body_bytes_max = door.in_sessions.file_bytes_max;
    routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace forkjail::server
