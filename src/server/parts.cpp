#include "server/parts.h"

#include <algorithm>

#include "server/openapi/openapi_document.h"
#include "server/routes.h"

namespace forkjail::server {
namespace {

// What the keeper takes as one request, and less where few bytes may be held at once.
std::size_t file_bytes_max(const ServerConfig& config) {
  constexpr std::size_t kMost = 24 * kMiB;
  return std::min(kMost, config.http.bodies_bytes_max / 4);
}

Turnstile::IsShared is_shared_of(const BodyPace& pace) {
  return [&pace] { return pace.is_shared(Clock::now()); };
}

}  // namespace

Parts::Parts(Loop& the_loop, const ServerConfig& the_config, Given given)
    : loop(the_loop),
      config(the_config),
      log_flusher(loop.get_executor(), given.log),
      audit(given.audit == nullptr ? nullptr
                                   : std::make_unique<Audit>(loop.get_executor(), *given.audit,
                                                             config.callers.trusted_proxies)),
      listener(std::move(given.listener)),
      link(loop.get_executor(), std::move(given.supervisor_socket)),
      pool(loop.get_executor(), config.pool, link),
      admission(loop.get_executor(), config.admission, pool),
      flavour_hint(config.preload),
      callers(config.callers, config.run_maxima, pool),
      registry(loop.get_executor(), config.http),
      body_pace(config.cpu_count),
      decode_turns(loop.get_executor(), given.hash_secret, is_shared_of(body_pace)),
      answer_turns(loop.get_executor(), is_shared_of(body_pace)),
      refusal_pace(loop.get_executor()),
      run_log(config.log_format, config.trace_project),
      refusal_log(loop.get_executor(), run_log),
      runner(
          {.executor = loop.get_executor(),
           .admission = admission,
           .metrics = metrics,
           .flavour_hint = flavour_hint,
           .options = {config.run_maxima, config.cpu_count, config.files_out_max, &lasting_runs}}),
      execute{.executor = loop.get_executor(),
              .runner = runner,
              .admission = admission,
              .isolation_json = isolation_json,
              .maxima = config.run_maxima,
              .decode_turns = decode_turns,
              .answer_turns = answer_turns,
              .refusal_pace = refusal_pace,
              .log = run_log,
              .refusal_log = refusal_log,
              .audit = audit_log()},
      session_cells(
          loop.get_executor(), admission, pool,
          {.maxima = config.run_maxima, .cpu_count = config.cpu_count, .lasting = &lasting_runs},
          config.sessions.limits.memory_bytes),
      sessions({.executor = loop.get_executor(),
                .runner = runner,
                .cells = session_cells,
                .hash_secret = given.hash_secret},
               config.sessions),
      in_sessions{.execute = execute, .store = sessions, .file_bytes_max = file_bytes_max(config)},
      e2b_sandboxes(loop.get_executor(), sessions, given.hash_secret),
      e2b{.in_sessions = in_sessions, .sandboxes = e2b_sandboxes, .has_keys = callers.has_keys()},
      e2b_gate(callers.gate(), e2b),
      mcp_context{
          .execute = execute,
          .sessions = config.sessions.sessions_max > 0 ? &in_sessions : nullptr,
          .counts = tool_counts,
          .packages = packages,
          .origins = {.hosts = config.mcp_hosts,
                      .only_these = !config.mcp_hosts.empty() || mcp::is_loopback(config.address),
                      .origins = config.cors_origins},
          .version = config.version,
          .fixtures = config.mcp_fixtures ? &mcp_fixtures : nullptr},
      status{.pool = pool,
             .admission = admission,
             .metrics = metrics,
             .http = http_counters,
             .connections = registry,
             .sessions = config.sessions.sessions_max > 0 ? &sessions : nullptr,
             .callers = callers,
             .tools = tool_counts,
             .log = given.log,
             .audit = audit_log(),
             .isolation_json = isolation_json,
             .limits = config.run_maxima,
             .files_out_max = config.files_out_max,
             .version = config.version,
             .draining = draining,
             .own_layers = std::move(given.own_layers)},
      compat_files(file_store_limits_for(config.http.bodies_bytes_max)),
      compat{.execute = execute, .pool = pool, .files = compat_files},
      openapi(openapi_document({.version = config.version,
                                .maxima = {config.run_maxima, config.sessions.limits},
                                .has_sessions = config.sessions.sessions_max > 0,
                                .has_keys = callers.has_keys()})),
      router(service_routes(*this)),
      request_ids(given.id_secret),
      cors(config.cors_origins.empty() ? std::nullopt
                                       : std::make_optional<http::Cors>(config.cors_origins)),
      serving{router,
              registry,
              config.http,
              http_counters,
              request_ids,
              &e2b_gate,
              cors ? &*cors : nullptr,
              &body_pace} {}

Parts::~Parts() {
  pool.close();
  loop.destroy_pending();  // sessions and runs, which use the members below
  admission.finish_now();  // and their lines in the log
}

}  // namespace forkjail::server
