// Proving the layers from outside: what the kernel says of a first cell
// before any script is let in.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/zygote_report.h"
#include "supervisor/isolation_probe.h"

namespace forkjail::supervisor {

// The cell under inspection: a parked cell and its zygote, by pid, and the uids they must have on
// the host.
struct Suspect {
  pid_t zygote = 0;
  uid_t zygote_uid = 0;
  pid_t cell = 0;
  uid_t cell_uid = 0;
  JailPlan plan;            // what is claimed
  std::string guest_root;   // the directory that must be the cell's root
  std::string cgroup_name;  // end of the path that the cell's memory and pids groups must have;
                            // empty: it has none
};

// Each layer with its state as the kernel shows it. An Error names the first layer that is claimed
// and is not in force.
Result<std::vector<protocol::Layer>> prove_layers(const Suspect& suspect);

// The same layers as they are claimed, with nothing looked at: for the canaries' own tests.
std::vector<protocol::Layer> claimed_layers(const JailPlan& plan);

}  // namespace forkjail::supervisor
