// The configuration of the supervisor, given at its start.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/limits.h"
#include "supervisor/id_plan.h"

namespace forkjail::supervisor {

enum class IsolationMode {
  automatic,  // the strongest level that this place allows
  full,       // refuse to start with less
  fallback,   // never use namespaces, for tests and for places where they misbehave
};

struct Config {
  std::string nsjail_path;  // the binary; nsjail.cfg lies beside it
  std::string guest_root;   // directory that becomes the jail's root; holds Python and the zygote
  IsolationMode isolation = IsolationMode::automatic;
  std::uint32_t cells_max = 16;                    // live at once: parked, running and dying
  std::uint64_t memory_bytes_max = 128 * kMiB;     // of one run, beyond the warm libraries
  std::uint64_t session_memory_bytes_max = 0;      // of a session's states together; 0: no sessions
  std::chrono::milliseconds cpu_time_max{10'000};  // of one run; backs RLIMIT_CPU
  std::string cgroup_parent;               // v2 directory to make groups in; empty: found by itself
  std::string scratch_directory = "/tmp";  // for runs, without mounts and chroot
  IdWish ids;                              // as the flags say
  IdRange cell_ids{100'000, 65'536};       // users and groups that only cells have: planned of them
  std::uint64_t zygote_runs_max = 50'000;  // then the zygote is replaced
  std::chrono::minutes zygote_age_max{60};
  std::string preload =
      "numpy,pandas";        // modules of the full flavour, by commas; empty: only light
  std::string keys_path;     // of the keys, opened for the server; empty: there are none
  std::string failing_step;  // fault injection for tests: a step of sandbox/enter_cell.h
  std::string skipped_step;  // likewise: left out, its verification and the proof too. Never serves
};

}  // namespace forkjail::supervisor
