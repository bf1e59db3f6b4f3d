#include "server/service.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

#include "base/exit_status.h"
#include "base/io.h"
#include "server/confinement/privileges.h"
#include "server/confinement/server_landlock.h"
#include "server/confinement/server_syscalls.h"
#include "server/page/page_routes.h"
#include "server/parts.h"

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kDrainPoll{20};
constexpr std::chrono::milliseconds kLastAnswersTime{6'000};  // a killed run's evidence takes 5 s

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

class Service {
 public:
  Service(Loop& loop, const ServerConfig& config, Given given)
      : signals_(loop.get_executor(), SIGTERM, SIGINT),
        hang_ups_(loop.get_executor()),
        parts_(loop, config, std::move(given)) {
    if (parts_.callers.has_keys()) hang_ups_.add(SIGHUP);
    parts_.link.on_keys([this](const Result<UniqueFd>& file) { parts_.callers.reload(file); });
    hold_stop_signals(SIG_UNBLOCK);
  }

  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service() = default;

  int run() {
    parts_.pool.on_zygote([this](protocol::Flavour flavour, const protocol::ZygoteReport& report) {
      if (is_session(flavour)) return;  // no zygote of its own
      parts_.metrics.count_zygote_start(flavour);
      log_zygote(flavour, report);
      if (parts_.packages.empty() || protocol::preloads(flavour)) {
        parts_.packages = versions_text(report);
      }
      // The same for all zygotes, unless the place has changed.
      if (std::string isolation = isolation_json(report); isolation != parts_.isolation_json) {
        parts_.isolation_json = std::move(isolation);
        log_isolation(report);
      }
      parts_.flavour_hint.add_modules(report.modules);
    });
    parts_.pool.on_hopeless([this](const std::string& why) { refuse_to_serve(why); });
    parts_.pool.on_lost([this](const Error& error) { lose_supervisor(error); });
    parts_.link.listen(parts_.pool);
    spawn(parts_.listener.accept(parts_.serving));
    spawn(drain_on_signal());
    spawn(reload_on_signal());
    parts_.loop.run();
    return exit_code_;
  }

 private:
  void spawn(Task<void> task) {
    asio::co_spawn(parts_.loop.get_executor(), std::move(task), asio::detached);
  }

  // The supervisor opens the file: this process cannot.
  Task<void> reload_on_signal() {
    for (;;) {
      const auto [ec, number] = co_await hang_ups_.async_wait(use_task);
      if (ec) co_return;
      parts_.link.open_keys();
    }
  }

  // Stops accepting, lets what runs finish within the grace time, then ends the rest and stops.
  Task<void> drain_on_signal() {
    const auto [ec, number] = co_await signals_.async_wait(use_task);
    if (ec) co_return;
    spdlog::info("signal {}: draining, {} connections open", number, parts_.registry.size());
    parts_.draining = true;
    parts_.listener.close();
    parts_.registry.drain();
    co_await wait_for_connections(parts_.config.grace_time);
    if (parts_.registry.size() > 0) {
      spdlog::warn("grace time over: ending {} connections", parts_.registry.size());
      parts_.admission.close();
      parts_.registry.interrupt_all(InterruptReason::shutdown);
      co_await wait_for_connections(kLastAnswersTime);
      parts_.registry.close_all();
    }
    parts_.link.close();
    parts_.loop.stop();
  }

  Task<void> wait_for_connections(std::chrono::milliseconds time_max) {
    Timer timer(parts_.loop.get_executor());
    const auto deadline = Clock::now() + time_max;
    while (parts_.registry.size() > 0 && Clock::now() < deadline) {
      timer.expires_after(kDrainPoll);
      co_await timer.async_wait(use_task);
    }
  }

  // No further try would help: a status of its own tells the process manager so at once.
  void refuse_to_serve(const std::string& why) {
    spdlog::critical("cannot serve: {}", why);
    exit_code_ = kExitCannotServe;
    parts_.link.close();
    parts_.loop.stop();
  }

  // Without a supervisor no cell can be killed: fail closed.
  void lose_supervisor(const Error& error) {
    spdlog::critical("lost the supervisor: {}", error.to_string());
    exit_code_ = 1;
    parts_.loop.stop();
  }

  int exit_code_ = 0;
  asio::basic_signal_set<Executor> signals_;
  asio::basic_signal_set<Executor> hang_ups_;  // none without keys
  Parts parts_;                                // last: what it ends may still call the above
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
  Service service(loop, config,
                  {.log = log,
                   .audit = audit,
                   .listener = *std::move(listener),
                   .supervisor_socket = *std::move(socket),
                   .own_layers = *std::move(own_layers),
                   .hash_secret = *hash_secret,
                   .id_secret = *id_secret});
  // Last, since what stands above made its descriptors; no byte of a client was read yet.
  if (auto status = filter_own_calls(); !status) {
    spdlog::critical("refusing to serve: {}", status.error().to_string());
    return 1;
  }
  spdlog::info("the server may make {} system calls", seccomp::allowed_calls(own_policy().rows));
  return service.run();
}

}  // namespace forkjail::server
