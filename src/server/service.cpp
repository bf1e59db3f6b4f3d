// All parts of the server put together in one place, therefore longer than 350 lines.
#include "server/service.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <iterator>
#include <memory>
#include <optional>

#include "base/exit_status.h"
#include "base/io.h"
#include "loop/log_flusher.h"
#include "server/api/execute_handler.h"
#include "server/api/execution_response.h"
#include "server/api/session_routes.h"
#include "server/api/status_handlers.h"
#include "server/api/usage_handler.h"
#include "server/callers/audit_log.h"
#include "server/callers/callers.h"
#include "server/cells/supervisor_link.h"
#include "server/compat/compat_routes.h"
#include "server/compat/e2b_gate.h"
#include "server/compat/e2b_routes.h"
#include "server/confinement/privileges.h"
#include "server/confinement/server_landlock.h"
#include "server/confinement/server_syscalls.h"
#include "server/mcp/fixtures.h"
#include "server/mcp/mcp_handler.h"
#include "server/openapi/openapi_document.h"
#include "server/page/page_routes.h"
#include "server/sessions/session_cells.h"

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kDrainPoll{20};
constexpr std::chrono::milliseconds kLastAnswersTime{6'000};  // a killed run's evidence takes 5 s

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

// A signal that comes while the service starts waits until it can be answered. As a
// container's first process it would be lost: the kernel drops what init has no handler for.
void hold_stop_signals(int how) {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&signals, signal);
  ::sigprocmask(how, &signals, nullptr);
}

std::string versions_text(const protocol::ZygoteReport& report) {
  std::string text;
  for (const auto& [name, value] : report.versions) {
    text.append(text.empty() ? "" : ", ").append(name).append(" ").append(value);
  }
  return text;
}

void log_zygote(protocol::Flavour flavour, const protocol::ZygoteReport& report) {
  spdlog::info("{} zygote ready, warm-up {}: {}", name_of(flavour), name_of(report.warm_up),
               versions_text(report));
}

void log_isolation(const protocol::ZygoteReport& report) {
  spdlog::info("isolation level: {}", name_of(report.level));
  for (const protocol::Layer& layer : report.layers) {
    const std::string why = layer.why.empty() ? "" : " (" + layer.why + ")";
    const auto level =
        layer.state == protocol::LayerState::off ? spdlog::level::warn : spdlog::level::info;
    spdlog::log(level, "  {}: {}{}", layer.name, name_of(layer.state), why);
  }
}

// The audit log, with what it needs of the loop.
struct Audit {
  Audit(const Executor& executor, LogOutput& output, const std::vector<Network>& trusted_proxies)
      : flusher(executor, output), log(output, trusted_proxies) {}

  LogFlusher flusher;
  AuditLog log;
};

class Service {
 public:
  Service(Loop& loop, const ServerConfig& config, LogOutput& log, LogOutput* audit,
          http::Listener listener, UniqueFd supervisor_socket,
          std::vector<protocol::Layer> own_layers, const json::HashSecret& hash_secret,
          const json::HashSecret& id_secret)
      : loop_(loop),
        config_(config),
        log_flusher_(loop.get_executor(), log),
        audit_(audit == nullptr ? nullptr
                                : std::make_unique<Audit>(loop.get_executor(), *audit,
                                                          config.callers.trusted_proxies)),
        listener_(std::move(listener)),
        link_(loop.get_executor(), std::move(supervisor_socket)),
        pool_(loop.get_executor(), config.pool, link_),
        admission_(loop.get_executor(), config.admission, pool_),
        flavour_hint_(config.preload),
        callers_(config.callers, config.run_maxima),
        registry_(loop.get_executor(), config.http),
        decode_turns_(loop.get_executor(), hash_secret),
        answer_turns_(loop.get_executor()),
        refusal_pace_(loop.get_executor()),
        run_log_(config.log_format, config.trace_project),
        refusal_log_(loop.get_executor(), run_log_),
        runner_({.executor = loop.get_executor(),
                 .admission = admission_,
                 .metrics = metrics_,
                 .flavour_hint = flavour_hint_,
                 .options = {config.run_maxima, config.cpu_count, config.files_out_max}}),
        execute_{.executor = loop.get_executor(),
                 .runner = runner_,
                 .admission = admission_,
                 .isolation_json = isolation_json_,
                 .maxima = config.run_maxima,
                 .decode_turns = decode_turns_,
                 .answer_turns = answer_turns_,
                 .refusal_pace = refusal_pace_,
                 .log = run_log_,
                 .refusal_log = refusal_log_,
                 .audit = audit_log()},
        session_cells_(loop.get_executor(), admission_, pool_,
                       {config.run_maxima, config.cpu_count}, config.sessions.limits.memory_bytes),
        sessions_({.executor = loop.get_executor(),
                   .runner = runner_,
                   .cells = session_cells_,
                   .hash_secret = hash_secret},
                  config.sessions),
        in_sessions_{.execute = execute_, .store = sessions_, .file_bytes_max = file_bytes_max()},
        e2b_sandboxes_(loop.get_executor(), sessions_, hash_secret),
        e2b_{.in_sessions = in_sessions_,
             .sandboxes = e2b_sandboxes_,
             .has_keys = callers_.has_keys()},
        e2b_gate_(callers_.gate(), e2b_),
        mcp_{
            .execute = execute_,
            .sessions = config.sessions.sessions_max > 0 ? &in_sessions_ : nullptr,
            .counts = tool_counts_,
            .packages = packages_,
            .origins = {.hosts = config.mcp_hosts,
                        .only_these = !config.mcp_hosts.empty() || mcp::is_loopback(config.address),
                        .origins = config.cors_origins},
            .version = config.version,
            .fixtures = config.mcp_fixtures ? &mcp_fixtures_ : nullptr},
        status_{.pool = pool_,
                .admission = admission_,
                .metrics = metrics_,
                .http = http_counters_,
                .connections = registry_,
                .sessions = config.sessions.sessions_max > 0 ? &sessions_ : nullptr,
                .callers = callers_,
                .tools = tool_counts_,
                .log = log,
                .audit = audit_log(),
                .isolation_json = isolation_json_,
                .limits = config.run_maxima,
                .files_out_max = config.files_out_max,
                .version = config.version,
                .draining = draining_,
                .own_layers = std::move(own_layers)},
        compat_files_(file_store_limits_for(config.http.bodies_bytes_max)),
        compat_{.execute = execute_, .pool = pool_, .files = compat_files_},
        openapi_(openapi_document({.version = config.version,
                                   .maxima = {config.run_maxima, config.sessions.limits},
                                   .has_sessions = config.sessions.sessions_max > 0,
                                   .has_keys = callers_.has_keys()})),
        router_(routes()),
        request_ids_(id_secret),
        cors_(config.cors_origins.empty() ? std::nullopt
                                          : std::make_optional<http::Cors>(config.cors_origins)),
        http_{router_,
              registry_,
              config.http,
              http_counters_,
              request_ids_,
              &e2b_gate_,
              cors_ ? &*cors_ : nullptr},
        signals_(loop.get_executor(), SIGTERM, SIGINT),
        hang_ups_(loop.get_executor()) {
    if (callers_.has_keys()) hang_ups_.add(SIGHUP);
    link_.on_keys([this](const Result<UniqueFd>& file) { callers_.reload(file); });
    hold_stop_signals(SIG_UNBLOCK);
  }

  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service() {
    pool_.close();
    loop_.destroy_pending();  // sessions and runs, which use the members below
    admission_.finish_now();  // and their lines in the log
  }

  int run() {
    pool_.on_zygote([this](protocol::Flavour flavour, const protocol::ZygoteReport& report) {
      if (flavour == protocol::Flavour::session) return;  // no zygote of its own
      metrics_.count_zygote_start(flavour);
      log_zygote(flavour, report);
      if (packages_.empty() || flavour == protocol::Flavour::full) {
        packages_ = versions_text(report);
      }
      // The same for all zygotes, unless the place has changed.
      if (std::string isolation = isolation_json(report); isolation != isolation_json_) {
        isolation_json_ = std::move(isolation);
        log_isolation(report);
      }
      flavour_hint_.add_modules(report.modules);
    });
    pool_.on_hopeless([this](const std::string& why) { refuse_to_serve(why); });
    pool_.on_lost([this](const Error& error) { lose_supervisor(error); });
    link_.listen(pool_);
    spawn(listener_.accept(http_));
    spawn(drain_on_signal());
    spawn(reload_on_signal());
    loop_.run();
    return exit_code_;
  }

 private:
  [[nodiscard]] const AuditLog* audit_log() const { return audit_ ? &audit_->log : nullptr; }

  std::vector<http::Route> routes() {
    std::vector<http::Route> routes = plain_routes();
    if (config_.sessions.sessions_max > 0) {
      std::ranges::move(session_routes(in_sessions_), std::back_inserter(routes));
      std::ranges::move(e2b_routes(e2b_), std::back_inserter(routes));
    }
    routes.push_back(usage_route());
    if (config_.has_page) {
      std::ranges::move(page_routes(page_files()), std::back_inserter(routes));
    }
    std::ranges::move(compat_routes(compat_, config_.compat_roots, routes),
                      std::back_inserter(routes));
    return routes;
  }

  // What the keeper takes as one request, and less where few bytes may be held at once.
  [[nodiscard]] std::size_t file_bytes_max() const {
    constexpr std::size_t kMost = 24 * kMiB;
    return std::min(kMost, config_.http.bodies_bytes_max / 4);
  }

  std::vector<http::Route> plain_routes() {
    return {
        {.method = http::Method::post,
         .path = "/execute",
         .body = http::BodyUse::json,
         .errors = execution_error,
         .handler = [this](http::Exchange& exchange) { return handle_execute(exchange, execute_); },
         .has_request_id = true},
        {.method = http::Method::post,
         .path = "/mcp",
         .body = http::BodyUse::json,
         .errors = mcp::rpc_error,
         .handler = [this](http::Exchange& exchange) { return mcp::handle_mcp(exchange, mcp_); },
         .has_request_id = true},
        open_status_route("/health", [] { return health_response(); }),
        open_status_route("/ready", [this] { return ready_response(status_); }),
        status_route("/info", [this] { return info_response(status_); }),
        status_route("/metrics", [this] { return metrics_response(status_); }),
        status_route("/openapi.json", [this] { return openapi_response(openapi_); }),
    };
  }

  void spawn(Task<void> task) {
    asio::co_spawn(loop_.get_executor(), std::move(task), asio::detached);
  }

  // The supervisor opens the file: this process cannot.
  Task<void> reload_on_signal() {
    for (;;) {
      const auto [ec, number] = co_await hang_ups_.async_wait(use_task);
      if (ec) co_return;
      link_.open_keys();
    }
  }

  // Stops accepting, lets what runs finish within the grace time, then ends the rest and stops.
  Task<void> drain_on_signal() {
    const auto [ec, number] = co_await signals_.async_wait(use_task);
    if (ec) co_return;
    spdlog::info("signal {}: draining, {} connections open", number, registry_.size());
    draining_ = true;
    listener_.close();
    registry_.drain();
    co_await wait_for_connections(config_.grace_time);
    if (registry_.size() > 0) {
      spdlog::warn("grace time over: ending {} connections", registry_.size());
      admission_.close();
      registry_.interrupt_all(InterruptReason::shutdown);
      co_await wait_for_connections(kLastAnswersTime);
      registry_.close_all();
    }
    link_.close();
    loop_.stop();
  }

  Task<void> wait_for_connections(std::chrono::milliseconds time_max) {
    Timer timer(loop_.get_executor());
    const auto deadline = Clock::now() + time_max;
    while (registry_.size() > 0 && Clock::now() < deadline) {
      timer.expires_after(kDrainPoll);
      co_await timer.async_wait(use_task);
    }
  }

  // No further try would help: a status of its own tells the process manager so at once.
  void refuse_to_serve(const std::string& why) {
    spdlog::critical("cannot serve: {}", why);
    exit_code_ = kExitCannotServe;
    link_.close();
    loop_.stop();
  }

  // Without a supervisor no cell can be killed: fail closed.
  void lose_supervisor(const Error& error) {
    spdlog::critical("lost the supervisor: {}", error.to_string());
    exit_code_ = 1;
    loop_.stop();
  }

  Loop& loop_;
  const ServerConfig& config_;
  LogFlusher log_flusher_;
  std::unique_ptr<Audit> audit_;
  http::Listener listener_;
  Metrics metrics_;
  http::Counters http_counters_;
  SupervisorLink link_;
  CellPool pool_;
  Admission admission_;
  FlavourHint flavour_hint_;
  Callers callers_;
  http::ConnectionRegistry registry_;
  std::string isolation_json_;
  bool draining_ = false;
  DecodeTurns decode_turns_;
  AnswerTurns answer_turns_;
  RefusalPace refusal_pace_;
  RunLog run_log_;
  RefusalLog refusal_log_;
  Runner runner_;
  ExecuteContext execute_;
  SessionCells session_cells_;
  SessionStore sessions_;
  SessionContext in_sessions_;
  E2bSandboxes e2b_sandboxes_;
  E2bDoor e2b_;
  E2bGate e2b_gate_;
  ToolCounts tool_counts_;
  std::string packages_;
  mcp::Fixtures mcp_fixtures_;
  mcp::McpContext mcp_;
  StatusContext status_;
  FileStore compat_files_;
  CompatContext compat_;
  std::string openapi_;
  http::Router router_;
  http::RequestIds request_ids_;
  std::optional<http::Cors> cors_;
  http::ServeContext http_;
  asio::basic_signal_set<Executor> signals_;
  asio::basic_signal_set<Executor> hang_ups_;  // none without keys
  int exit_code_ = 0;
};

// Returns what binds the server from then on. The system call filter comes later, and is there too
// or nothing is served.
Result<std::vector<protocol::Layer>> give_up_privileges(const ServerConfig& config) {
  using protocol::LayerState;
  if (auto status = drop_privileges(config.server_uid); !status) return status.error();
  auto confined = confine_self();
  if (!confined) return confined.error();
  std::vector<protocol::Layer> layers{{"no capabilities", LayerState::on, ""},
                                      {"no_new_privs", LayerState::on, ""},
                                      {"seccomp filter", LayerState::on, ""}};
  for (protocol::Layer& layer : *confined) {
    if (layer.state == LayerState::off) {
      spdlog::warn("the server runs without {}: {}", layer.name, layer.why);
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

}  // namespace

int serve(const ServerConfig& config, LogOutput& log, LogOutput* audit,
          const std::function<Result<UniqueFd>()>& start_supervisor) {
  hold_stop_signals(SIG_BLOCK);
  Loop loop;
  auto listener = http::Listener::open(loop.get_executor(), config.address, config.port);
  if (!listener) {
    spdlog::critical("{}", listener.error().to_string());
    return 1;
  }
  auto socket = start_supervisor();
  if (!socket) {
    spdlog::critical("{}", socket.error().to_string());
    return 1;
  }
  if (auto status = set_nonblocking(socket->get()); !status) {
    spdlog::critical("{}", status.error().to_string());
    return 1;
  }
  auto own_layers = give_up_privileges(config);
  if (!own_layers) {
    spdlog::critical("refusing to serve: {}", own_layers.error().to_string());
    return 1;
  }
  const auto hash_secret = json::draw_hash_secret();
  const auto id_secret = json::draw_hash_secret();
  if (!hash_secret || !id_secret) {
    spdlog::critical("refusing to serve: {}",
                     (hash_secret ? id_secret : hash_secret).error().to_string());
    return 1;
  }
  spdlog::info("listening on http://{}", listener->endpoint());
  if (config.has_page && page_files().empty()) {
    spdlog::warn("built without its page: web/ needs Node.js, which ./run installs where it can");
  }
  Service service(loop, config, log, audit, *std::move(listener), *std::move(socket),
                  *std::move(own_layers), *hash_secret, *id_secret);
  // Last, since what stands above made its descriptors; no byte of a client was read yet.
  if (auto status = filter_own_calls(); !status) {
    spdlog::critical("refusing to serve: {}", status.error().to_string());
    return 1;
  }
  spdlog::info("the server may make {} system calls", seccomp::allowed_calls(own_policy().rows));
  return service.run();
}

}  // namespace forkjail::server
