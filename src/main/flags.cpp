// All flags in one place, therefore longer than 350 lines.
#include "main/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

#include "http/cors.h"
#include "main/flag_rules.h"
#include "main/machine.h"
#include "server/compat/compat_routes.h"
#include "server/sessions/session_id.h"
#include "supervisor/own_limits.h"

namespace forkjail {
namespace {

using supervisor::IsolationMode;

// Flags in the operator's units; converted to configuration once all of them are known.
struct RawFlags {
  double wall_time_max = 30;
  double cpu_time_max = 10;
  double memory_max = 128;
  std::uint64_t output_max = RunLimits{}.output_bytes;
  bool no_page = false;
  std::uint32_t pool_size = 0;  // 0: from cores and memory
  std::uint32_t cells_max = 0;
  std::uint32_t running_max = 0;
  std::string running_reserve = "auto";
  std::string trusted_proxies;
  std::string compat_root;
  std::string cors_origins;
  std::string mcp_hosts;
  double queue_timeout = 15;
  double grace_time = 8;
  std::uint32_t zygote_age_max = 60;
  std::string log_format = "auto";
  std::string isolation = "auto";
  std::string sessions_max = "auto";
  double session_memory_max = 256;
  double session_idle_max = 1'800;
  double session_life_max = 86'400;
  double session_evict_after = 60;
};

constexpr std::array kIsolationModes{std::pair{"auto", IsolationMode::automatic},
                                     std::pair{"full", IsolationMode::full},
                                     std::pair{"fallback", IsolationMode::fallback}};

constexpr uid_t kUidFirstMax = 4'294'900'000;  // there are 65,536 more ids above it

// FORKJAIL_POOL_SIZE for --pool-size.
std::string environment_name(std::string_view flag) {
  std::string name = "FORKJAIL_";
  for (const char c : flag.substr(2)) {
    name.push_back(c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
  }
  return name;
}

std::chrono::milliseconds milliseconds(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

// Where descriptors are few, its cells would take those of connections.
std::uint32_t running_reserve_within(std::uint32_t most) {
  constexpr std::uint64_t kDescriptorsToEach = 512;
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(most, descriptors_max() / kDescriptorsToEach));
}

class Parser {
 public:
  Parser() {
    app_.name("forkjail");
    app_.set_version_flag("--version", FORKJAIL_VERSION);
    app_.require_subcommand(0, 1);
    app_.fallthrough();
    app_.add_subcommand("serve", "serve HTTP (the default)");
    // Started by `serve` itself, with the same flags; an empty group hides it from --help.
    supervise_ = app_.add_subcommand("supervise", "")->group("");
    supervise_->add_option("--control-fd", flags_.control_fd)->required();
    doctor_ = app_.add_subcommand(
        "doctor", "report what this machine or container allows, what is missing and the remedy");
    health_ = app_.add_subcommand("health",
                                  "ask the service on --port for /ready: 0 if it can run scripts");
    add_attack_command();
    add_key_command();
    add_log_flags();
    add_http_flags();
    add_caller_flags();
    add_run_flags();
    add_pool_flags();
    add_session_flags();
    add_jail_flags();
  }

  std::variant<Flags, ExitNow> parse(int argc, char** argv) {
    try {
      app_.parse(argc, argv);
    } catch (const CLI::Success& answered) {  // --help, --version
      return ExitNow{app_.exit(answered), {}, {}};
    } catch (const CLI::ParseError& error) {
      return wrong(explain(error, {argv + 1, argv + argc}));
    }
    return finish();
  }

 private:
  // The last of a repeated flag counts: ./run sets some itself and appends its arguments.
  template <typename T>
  CLI::Option* flag(const std::string& name, T& value, const std::string& description) {
    return app_.add_option(name, value, description)
        ->envname(environment_name(name))
        ->capture_default_str()
        ->take_last();
  }
  template <typename Integer>
  CLI::Option* whole(const std::string& name, Integer& value, std::uint64_t lowest,
                     std::uint64_t highest, const std::string& description) {
    return flag(name, value, description)->check(whole_number(lowest, highest));
  }
  CLI::Option* real(const std::string& name, double& value, double lowest, double highest,
                    const std::string& description) {
    return flag(name, value, description)->check(number(lowest, highest));
  }

  // Another program parses its flags (main/attack_program.h), so all arguments are passed on.
  void add_attack_command() {
    attack_ = app_.add_subcommand("attack", "run hostile scripts against a deployment");
    attack_->fallthrough(false)->prefix_command()->set_help_flag();
  }

  void add_key_command() {
    key_ = app_.add_subcommand("key", "print a new key and its row for the file of --keys");
    key_->add_option("--name", flags_.key.name, "whose key it is; in logs and metrics")->required();
    key_->add_option("--prefix", flags_.key.prefix, "what the key begins with")
        ->capture_default_str();
  }

  // The format first, so that it is known when another flag is wrong.
  void add_log_flags() {
    flag("--log-format", raw_.log_format, "text, json, or auto: json on Cloud Run")
        ->check(one_of({"auto", "text", "json"}));
    flag("--log-level", flags_.log_level, "least severe message that is logged")
        ->check(one_of({"debug", "info", "warn", "error"}));
    flag("--trace-project", flags_.server.trace_project,
         "Google Cloud project whose traces the JSON log names");
  }

  void add_http_flags() {
    flag("--address", flags_.server.address, "IP address to listen on")->check(ip_address());
    whole("--port", flags_.server.port, 1, 65'535, "TCP port to listen on")->envname("PORT");
    server_uid_ = whole("--server-uid", flags_.supervisor.ids.server, 1, 65'534,
                        "uid and gid of the server when it is started as root");
    real("--grace-time", raw_.grace_time, 0, 3'600, "seconds for runs to finish after SIGTERM");
    app_.add_flag("--no-page", raw_.no_page, "no page at / and /docs")
        ->envname(environment_name("--no-page"));
  }

  void add_caller_flags() {
    flag("--keys", flags_.server.keys_path,
         "file with the keys that open the service (empty: none is needed)")
        ->check(absolute_path());
    flag("--audit-log", flags_.server.audit_log,
         "where a line for each request to run a script goes: stdout, or a file (empty: nowhere)")
        ->check(word_or("stdout", absolute_path()));
    flag("--cors-origin", raw_.cors_origins,
         "origins whose pages may read answers in a browser, separated by commas")
        ->check(origins());
    flag("--trusted-proxies", raw_.trusted_proxies,
         "networks whose X-Forwarded-For tells the client, separated by commas")
        ->check(networks());
    flag("--compat-root", raw_.compat_root,
         "systems whose endpoints below /compat are at the root too, separated by commas")
        ->check(some_of(server::compat_names()));
    flag("--mcp-hosts", raw_.mcp_hosts,
         "host names, separated by commas, by which clients of /mcp reach the service; others are "
         "refused (empty: any, but not for web pages)");
    // For tests: what the protocol's conformance suite calls. Hidden.
    app_.add_flag("--mcp-fixtures", flags_.server.mcp_fixtures, "")->group("");
  }

  void add_run_flags() {
    real("--wall-time-max", raw_.wall_time_max, 0.001, 3'600, "wall time of a run, in seconds");
    real("--cpu-time-max", raw_.cpu_time_max, 0.001, 3'600, "CPU time of a run, in seconds");
    real("--memory-max", raw_.memory_max, 1, 1'048'576,
         "memory of a run on top of the preloaded libraries, in MB");
    whole("--output-max", raw_.output_max, 0, 64 * kMiB,
          "bytes of stdout and of stderr that are kept");
    whole("--files-out-max", flags_.server.files_out_max, 0, kLeftFilesBytesMax,
          "bytes of the files that an answer contains");
  }

  void add_pool_flags() {
    whole("--pool-size", raw_.pool_size, 0, 1'024,
          "parked cells to keep (0: from cores and memory)");
    whole("--cells-max", raw_.cells_max, 0, 4'096,
          "cells alive at once (0: from cores and memory)");
    whole("--running-max", raw_.running_max, 0, 4'096,
          "concurrent runs (0: from cores and memory)");
    flag("--running-reserve", raw_.running_reserve,
         "runs beyond --running-max, for callers of which nothing runs (auto: from memory and "
         "descriptors)")
        ->check(word_or("auto", whole_number(0, 4'096)));
    whole("--queue-max", flags_.server.admission.queue_max, 0, 100'000,
          "requests that can wait for a cell");
    real("--queue-timeout", raw_.queue_timeout, 0, 3'600,
         "seconds that a request can wait for a cell");
    whole("--zygote-runs-max", flags_.supervisor.zygote_runs_max, 1, 1'000'000'000,
          "runs before a zygote is replaced");
    whole("--zygote-age-max", raw_.zygote_age_max, 1, 100'000,
          "minutes before a zygote is replaced");
  }

  void add_session_flags() {
    flag("--sessions-max", raw_.sessions_max, "sessions alive at once (auto: from memory; 0: none)")
        ->check(word_or("auto", whole_number(0, 4'096)));
    real("--session-memory-max", raw_.session_memory_max, 16, 1'048'576,
         "memory of a session's states and runs together, in MB");
    real("--session-idle-max", raw_.session_idle_max, 1, 31'536'000,
         "seconds that a session lives without a request");
    real("--session-life-max", raw_.session_life_max, 1, 31'536'000,
         "seconds that a session lives");
    real("--session-evict-after", raw_.session_evict_after, 0, 31'536'000,
         "seconds without a request before a session can be ended for a new one");
    whole("--session-states-max", flags_.server.sessions.states_max, 1, 32,
          "states that are kept of a session");
    flag("--instance-name", flags_.server.sessions.instance_name,
         "name of this instance in the ids of its sessions (empty: the host's)");
  }

  void add_jail_flags() {
    flag("--isolation", raw_.isolation, "auto, full or fallback")
        ->check(one_of({"auto", "full", "fallback"}));
    flags_.supervisor.guest_root = installed("guest");
    flags_.supervisor.nsjail_path = installed("nsjail/nsjail");
    flag("--guest-root", flags_.supervisor.guest_root, "directory that becomes the jail's root")
        ->check(absolute_path());
    flag("--nsjail", flags_.supervisor.nsjail_path, "the nsjail binary")->check(absolute_path());
    flag("--cgroup-parent", flags_.supervisor.cgroup_parent,
         "cgroup v2 directory to create groups in (empty: detected)");
    flag("--scratch-directory", flags_.supervisor.scratch_directory,
         "where runs keep their files when neither mounts nor chroot are available");
    preload_ = flag("--preload", flags_.supervisor.preload,
                    "modules to import in full zygotes, separated by commas");
    // For tests: every cell fails at this step of src/sandbox/enter_cell.cpp. Hidden.
    flag("--fail-step", flags_.supervisor.failing_step, "")->group("");
    // For tests: this step is left out, to see whether the canaries notice. Nothing is served then.
    flag("--skip-step", flags_.supervisor.skipped_step, "")->group("");
    cell_uid_first_ = whole("--cell-uid-first", flags_.supervisor.ids.cells_first, 1, kUidFirstMax,
                            "first of 65,536 user and group ids reserved for cells");
  }

  [[nodiscard]] bool logs_json() const {
    return raw_.log_format == "json" || (raw_.log_format == "auto" && on_cloud_run());
  }
  [[nodiscard]] server::LogFormat log_format() const {
    return logs_json() ? server::LogFormat::json : server::LogFormat::text;
  }
  [[nodiscard]] ExitNow wrong(std::string why) const { return {2, std::move(why), log_format()}; }

  // "PORT=abc is not a whole number from 1 to 65535", or "--port abc is not ...".
  std::string explain(const CLI::ParseError& error,
                      const std::vector<std::string>& arguments) const {
    const std::string text = error.what();
    const auto colon = text.find(": ");
    const std::string name = text.substr(0, colon);
    const bool of_a_value = dynamic_cast<const CLI::ValidationError*>(&error) != nullptr;
    const CLI::Option* option = of_a_value ? app_.get_option_no_throw(name) : nullptr;
    if (option == nullptr) return text + "; forkjail --help lists every flag";
    const bool on_the_command_line = std::ranges::any_of(arguments, [&](const auto& argument) {
      return argument == name || argument.starts_with(name + "=");
    });
    const auto& variable = option->get_envname();
    const char* const value = variable.empty() ? nullptr : std::getenv(variable.c_str());
    const bool from_variable = value != nullptr && !on_the_command_line;
    const std::string given = from_variable               ? variable + "=" + value
                              : option->results().empty() ? name
                                                          : name + " " + option->results().back();
    return given + " " + text.substr(colon + 2);
  }

  std::variant<Flags, ExitNow> finish() {
    for (const auto& [name, mode] : kIsolationModes) {
      if (raw_.isolation == name) flags_.supervisor.isolation = mode;
    }
    if (supervise_->parsed()) flags_.command = Command::supervise;
    if (doctor_->parsed()) flags_.command = Command::doctor;
    if (health_->parsed()) flags_.command = Command::health;
    if (key_->parsed()) flags_.command = Command::key;
    if (attack_->parsed()) flags_.command = Command::attack;
    flags_.attack_arguments = attack_->remaining();
    server::ServerConfig& server = flags_.server;
    server.version = FORKJAIL_VERSION;
    server.log_format = log_format();
    server.cpu_count = usable_cpus(own_limits_);
    server.run_maxima = {
        .wall_time = milliseconds(raw_.wall_time_max),
        .cpu_time = milliseconds(raw_.cpu_time_max),
        .memory_bytes = static_cast<std::uint64_t>(raw_.memory_max * static_cast<double>(kMiB)),
        .output_bytes = raw_.output_max};
    server.grace_time = milliseconds(raw_.grace_time);
    server.has_page = !raw_.no_page;
    server.callers.trusted_proxies =
        server::parse_networks(raw_.trusted_proxies).value_or(std::vector<server::Network>());
    server.compat_roots = words_of(raw_.compat_root);
    server.cors_origins =
        http::parse_origins(raw_.cors_origins).value_or(std::vector<std::string>());
    server.mcp_hosts = words_of(raw_.mcp_hosts);
    server.admission.queue_time_max = milliseconds(raw_.queue_timeout);
    // CLI11 treats an empty variable as unset; here empty means no modules.
    if (preload_->count() == 0 && std::getenv("FORKJAIL_PRELOAD") != nullptr) {
      flags_.supervisor.preload.clear();
    }
    if (auto conflict = set_capacity(); !conflict.empty()) return wrong(std::move(conflict));
    set_sessions();
    set_isolated();

    flags_.supervisor.cells_max = server.pool.cells_max_sum();
    flags_.supervisor.keys_path = server.keys_path;
    supervisor::IdWish& ids = flags_.supervisor.ids;
    ids.cells_max = server.pool.cells_max_sum();
    ids.server_given = server_uid_->count() > 0;
    ids.cells_given = cell_uid_first_->count() > 0;
    flags_.supervisor.memory_bytes_max = server.run_maxima.memory_bytes;
    flags_.supervisor.cpu_time_max = server.run_maxima.cpu_time;
    flags_.supervisor.zygote_age_max = std::chrono::minutes(raw_.zygote_age_max);
    return std::move(flags_);
  }

  void set_sessions() {
    server::SessionConfig& sessions = flags_.server.sessions;
    sessions.eviction_idle_min = milliseconds(raw_.session_evict_after);
    sessions.limits = {.memory_bytes = static_cast<std::uint64_t>(raw_.session_memory_max *
                                                                  static_cast<double>(kMiB)),
                       .idle_time = milliseconds(raw_.session_idle_max),
                       .life_time = milliseconds(raw_.session_life_max)};
    sessions.sessions_max = raw_.sessions_max == "auto"
                                ? server::default_sessions_max(usable_memory_bytes(own_limits_),
                                                               descriptors_max(), sessions.limits)
                                : static_cast<std::uint32_t>(std::stoul(raw_.sessions_max));
    if (sessions.instance_name.empty()) sessions.instance_name = host_name();
    sessions.instance_name = server::instance_name(sessions.instance_name);
    if (sessions.sessions_max == 0) return;
    constexpr std::uint32_t kParked = 1;
    constexpr std::uint32_t kDying = 4;  // ended, and not cleared away yet
    server::CellPoolConfig& pool = flags_.server.pool;
    pool.parked_target[protocol::Flavour::session] = kParked;
    pool.session_cells_max = sessions.sessions_max + kParked + kDying;
    flags_.supervisor.session_memory_bytes_max = sessions.limits.memory_bytes;
  }

  // Which keys have zygotes of their own is not known here, and changes.
  void set_isolated() {
    server::CellPoolConfig& pool = flags_.server.pool;
    if (flags_.server.keys_path.empty()) return;
    const std::uint32_t sessions =
        pool.session_cells_max > 0 ? server::CellPoolConfig::kIsolatedSessionsParked : 0;
    pool.isolated_parked_max =
        protocol::kIsolatedOwnersMax * (server::CellPoolConfig::kIsolatedParked + sessions);
  }

  // Derives what the operator did not set from the machine or the container, and from the flags
  // that were set. Returns which flags contradict each other, or an empty string.
  std::string set_capacity() {
    server::ServerConfig& server = flags_.server;
    const auto memory_bytes = usable_memory_bytes(own_limits_);
    const auto capacity =
        server::default_capacity(server.cpu_count, memory_bytes, server.run_maxima);
    server.http = server::http_limits_for(memory_bytes);
    const auto spare = capacity.cells_max - capacity.parked_target - capacity.running_max -
                       capacity.running_reserve;
    auto& pool = server.pool;
    server.preload = flags_.supervisor.preload;
    pool.parked_target = server::parked_by_flavour(
        raw_.pool_size != 0 ? raw_.pool_size : capacity.parked_target, !server.preload.empty());
    const auto parked = pool.parked_target_sum();
    server.admission.running_max = raw_.running_max != 0 ? raw_.running_max : capacity.running_max;
    server.admission.running_reserve =
        raw_.running_reserve == "auto"
            ? running_reserve_within(capacity.running_reserve)
            : static_cast<std::uint32_t>(std::stoul(raw_.running_reserve));
    pool.making_max = std::max(server.cpu_count, 2U);
    const auto running = server.admission.running_max + server.admission.running_reserve;
    pool.cells_max = raw_.cells_max != 0 ? raw_.cells_max : parked + running + spare;
    if (pool.cells_max >= parked) return {};
    return "--cells-max " + std::to_string(pool.cells_max) +
           " is less than --pool-size, which is " + std::to_string(parked);
  }

  CLI::App app_{"Runs untrusted Python in warm, forked, jailed cells."};
  CLI::App* supervise_ = nullptr;
  CLI::App* attack_ = nullptr;
  CLI::App* doctor_ = nullptr;
  CLI::App* health_ = nullptr;
  CLI::App* key_ = nullptr;
  CLI::Option* preload_ = nullptr;
  CLI::Option* server_uid_ = nullptr;
  CLI::Option* cell_uid_first_ = nullptr;
  RawFlags raw_;
  Flags flags_;
  const supervisor::OwnLimits own_limits_ = supervisor::own_limits();
};

}  // namespace

std::variant<Flags, ExitNow> parse_flags(int argc, char** argv) {
  return Parser().parse(argc, argv);
}

}  // namespace forkjail
