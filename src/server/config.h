// What the operator can set of the server. Flags and environment variables fill it (main/flags.h);
// nothing changes it afterwards.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "http/limits.h"
#include "server/admission/admission.h"
#include "server/callers/callers.h"
#include "server/cells/cell_pool.h"
#include "server/observe/run_log.h"
#include "server/sessions/session_config.h"

namespace forkjail::server {

struct ServerConfig {
  std::string version;
  std::string address = "0.0.0.0";
  std::uint16_t port = 8080;
  uid_t server_uid = 64'999;  // taken on when started as root
  RunLimits run_maxima;       // defaults of a run and the most that a request may ask for
  std::uint64_t files_out_max = kLeftFilesBytesMax;  // contents of files in an answer, together
  CellPoolConfig pool;
  std::string preload;  // modules of the full flavour, by commas; none: there are light cells only
  AdmissionConfig admission;
  CallersConfig callers;
  std::vector<std::string> cors_origins;  // whose pages may read answers (http/cors.h)
  std::string audit_log;                  // "stdout" or a path; empty: there is none
  std::string keys_path;                  // of the file with the keys; empty: there are none
  SessionConfig sessions;
  std::vector<std::string> compat_roots;  // systems whose paths are served at the root too
  std::vector<std::string> mcp_hosts;     // by which MCP clients reach the service; none: by any
  bool mcp_fixtures = false;              // of tests
  http::Limits http;
  std::chrono::milliseconds grace_time{8'000};  // for what runs when a drain begins
  unsigned cpu_count = 1;
  LogFormat log_format = LogFormat::text;
  std::string trace_project;  // of Google Cloud; may be empty
  bool has_page = true;       // at `/` and `/docs`
};

// How much of everything this machine should be given.
//
// Runs at one time: a CPU-bound run shares its core with the others, so with more than wall/CPU
// limit runs a core (3 with the defaults) an honest run that uses its CPU limit would meet its wall
// limit first, and every run waits longer for its turn than it would in the queue. Below four runs
// a few sleeping scripts would delay all requests, so that is the floor.
// Parked cells: docs/decisions/pool-size.md.
struct Capacity {
  std::uint32_t parked_target;
  std::uint32_t running_max;
  std::uint32_t running_reserve;
  std::uint32_t cells_max;
};
[[nodiscard]] Capacity default_capacity(unsigned cpu_count, std::uint64_t memory_bytes,
                                        const RunLimits& limits);

// How many sessions there may be: a few hold all the memory that they may, most hold little; and
// where a process may open few descriptors (`descriptors_max`), most of them are for runs and
// connections.
[[nodiscard]] std::uint32_t default_sessions_max(std::uint64_t memory_bytes,
                                                 std::uint64_t descriptors_max,
                                                 const SessionLimits& limits);

// How many connections a process may hold that may open `descriptors_max` descriptors and have
// `cells_max` cells alive: what cells and the service itself need is set aside first, so that no
// number of connections can take it from them. At most `connections_max`. Errors: too few are left
// to serve anybody; says how many descriptors are needed.
[[nodiscard]] Result<std::size_t> connections_within(std::uint64_t descriptors_max,
                                                     std::uint32_t cells_max,
                                                     std::size_t connections_max);

// How many of `parked_target` cells are of which flavour: two thirds light, one of each at least;
// all of them light where nothing is preloaded.
[[nodiscard]] protocol::PerFlavour<std::uint32_t> parked_by_flavour(std::uint32_t parked_target,
                                                                    bool preloads);

// The defaults, but on a small machine less of what clients can make the server hold: an eighth of
// the memory for bodies, a sixteenth for answers.
[[nodiscard]] http::Limits http_limits_for(std::uint64_t memory_bytes);

// So many connections in all: of few an eighth is kept back for newcomers.
void divide_connections(std::size_t number, http::Limits& limits);

}  // namespace forkjail::server
