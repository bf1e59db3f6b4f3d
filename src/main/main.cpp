// forkjail: one binary, two processes. `serve` (the default) serves HTTP without any privilege;
// `supervise` keeps the privileges and is started by `serve`. `attack`, `doctor`, `health` and
// `key` are tools: they run hostile scripts against a deployment, report what a machine or
// container allows, check whether the service in this container can run scripts, and make a key for
// --keys.

#include <fcntl.h>
#include <linux/close_range.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <utility>

#include "base/exit_status.h"
#include "base/io.h"
#include "main/attack_program.h"
#include "main/audit_output.h"
#include "main/flags.h"
#include "main/health.h"
#include "main/key_command.h"
#include "main/log.h"
#include "main/supervisor_process.h"
#include "server/service.h"
#include "supervisor/doctor.h"
#include "supervisor/supervise.h"

namespace forkjail {
namespace {

constexpr std::chrono::milliseconds kSupervisorExitTime{10'000};
constexpr std::chrono::milliseconds kLastLinesTime{500};  // for a slow reader of the log

// Closes inherited descriptors, so that the process starts from a known state; 0 reads nothing. 1
// and 2 belong to the log.
void close_inherited_descriptors(int kept) {
  constexpr unsigned kLast = 0x7fffffff;  // gVisor refuses ~0U
  const auto first = static_cast<unsigned>(STDERR_FILENO) + 1;
  if (kept > STDERR_FILENO) {
    const auto only = static_cast<unsigned>(kept);
    if (only > first) ::syscall(SYS_close_range, first, only - 1, 0);
    ::syscall(SYS_close_range, only + 1, kLast, 0);
  } else {
    ::syscall(SYS_close_range, first, kLast, 0);
  }
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) return;
  for (int standard = 0; standard <= STDERR_FILENO; ++standard) {
    if (standard == STDIN_FILENO || ::fcntl(standard, F_GETFD) < 0) ::dup2(null, standard);
  }
  if (null > STDERR_FILENO) ::close(null);
}

// Raises the limit to the maximum allowed; returns the new value. The supervisor inherits it.
std::uint64_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : before;
}

// As a container's first process we must reap orphans, such as an interrupted health check. With
// SA_NOCLDWAIT the kernel does it.
void reap_orphans_as_init() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  action.sa_flags = SA_NOCLDWAIT;
  if (::getpid() == 1) ::sigaction(SIGCHLD, &action, nullptr);
}

// As long as files can be opened, with the rights that the service was started with.
Status read_keys(server::ServerConfig& config) {
  if (config.keys_path.empty()) return ok_status();
  const auto text = read_file(config.keys_path, server::kKeyFileBytesMax);
  if (!text) return text.error();
  auto parsed = server::parse_key_file(*text, config.run_maxima);
  if (const auto* const problem = std::get_if<server::KeyFileProblem>(&parsed)) {
    return Error{config.keys_path, 0, problem->why};
  }
  config.callers.keys = std::get<std::vector<server::KeyRow>>(std::move(parsed));
  spdlog::info("{} keys open the service", config.callers.keys->size());
  return ok_status();
}

int run_server(Flags& flags, LogOutput& log, int argc, char** argv) {
  server::ServerConfig& config = flags.server;
  const auto connections =
      server::connections_within(raise_descriptor_limit(), config.pool.cells_max_sum(),
                                 config.http.connections_max + config.http.kept_back_max);
  if (!connections) {
    spdlog::critical("{}", connections.error().to_string());
    return kExitCannotServe;
  }
  server::divide_connections(*connections, config.http);
  if (const auto read = read_keys(config); !read) {
    spdlog::critical("cannot serve: {}", read.error().to_string());
    return kExitCannotServe;
  }
  std::unique_ptr<AuditOutput> audit;
  if (!config.audit_log.empty()) {
    auto opened = open_audit_output(config.audit_log);
    if (!opened) {
      spdlog::critical("cannot serve: --audit-log: {}", opened.error().to_string());
      return kExitCannotServe;
    }
    audit = *std::move(opened);
  }
  std::signal(SIGPIPE, SIG_IGN);  // a write to a dead cell or client is an error, not a signal
  reap_orphans_as_init();
  SupervisorProcess supervisor;
  const int status = server::serve(config, log, audit == nullptr ? nullptr : &audit->output,
                                   [&] { return supervisor.start(argc, argv); });
  if (audit != nullptr) audit->output.finish(kLastLinesTime);
  if (!supervisor.wait(kSupervisorExitTime)) spdlog::error("the supervisor does not exit");
  return status;
}

// Chooses the ids, the same for both processes.
Status settle_ids(Flags& flags) {
  if (::geteuid() != 0) return ok_status();
  const auto plan = supervisor::plan_ids(flags.supervisor.ids, supervisor::own_ids());
  if (!plan) return plan.error();
  flags.server.server_uid = plan->server;
  flags.supervisor.cell_ids = plan->cells;
  const bool as_wished = plan->cells.first == flags.supervisor.ids.cells_first &&
                         plan->server == flags.supervisor.ids.server;
  if (!as_wished && flags.command == Command::serve) {
    spdlog::info("in this user namespace the server runs as uid {}, the cells use ids {} to {}",
                 plan->server, plan->cells.first, plan->cells.end() - 1);
  }
  return ok_status();
}

int run_supervisor(const Flags& flags, LogOutput& log) {
  UniqueFd control(flags.control_fd);
  if (::fcntl(control.get(), F_SETFD, FD_CLOEXEC) != 0) {
    spdlog::critical("`forkjail serve` starts the supervisor; it cannot be started by hand");
    return kExitCannotServe;
  }
  return supervisor::supervise(flags.supervisor, log, std::move(control));
}

// Prints the reason in the format of the log.
int exit_now(const ExitNow& exit) {
  if (exit.why.empty()) return exit.status;
  if (exit.log_format == server::LogFormat::text) {
    std::fprintf(stderr, "forkjail: %s\n", exit.why.c_str());
    return exit.status;
  }
  const auto log = set_up_log("server", "info", exit.log_format);
  spdlog::critical("{}", exit.why);
  log->finish(kLastLinesTime);
  return exit.status;
}

int run(int argc, char** argv) {
  auto parsed = parse_flags(argc, argv);
  if (const auto* exit = std::get_if<ExitNow>(&parsed)) return exit_now(*exit);
  auto& flags = std::get<Flags>(parsed);
  if (flags.command == Command::attack) {
    return become_attack_program(flags.attack_arguments);
  }
  if (flags.command == Command::doctor) return supervisor::run_doctor(flags.supervisor, std::cout);
  if (flags.command == Command::health) return ask_for_health(flags.server);
  if (flags.command == Command::key) return make_key(flags.key, std::cout);
  close_inherited_descriptors(flags.control_fd);
  const bool serves = flags.command == Command::serve;
  const auto log =
      set_up_log(serves ? "server" : "supervisor", flags.log_level, flags.server.log_format);
  int status = kExitCannotServe;
  if (const auto settled = settle_ids(flags); !settled) {
    spdlog::critical("cannot serve: {}", settled.error().to_string());
  } else {
    status = serves ? run_server(flags, *log, argc, argv) : run_supervisor(flags, *log);
  }
  log->finish(kLastLinesTime);
  return status;
}

}  // namespace
}  // namespace forkjail

int main(int argc, char** argv) {
  try {
    return forkjail::run(argc, argv);
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "forkjail: %s\n", exception.what());
    return 1;
  }
}
