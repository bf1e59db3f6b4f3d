// What this place allows, tried and not assumed: which jail can be built here, and what is missing.
#pragma once

#include <string>

#include "base/result.h"
#include "protocol/optional_layers.h"
#include "supervisor/config.h"

namespace forkjail::supervisor {

// How a zygote's root becomes the guest's.
enum class JailKind {
  nsjail,  // namespaces, a mount of its own
  chroot,  // as root where namespaces are refused: chroot(2), and Landlock beside it if there is
           // one
  open,    // as an ordinary user where they are refused: the host's root, and Landlock as the layer
};

struct JailPlan {
  JailKind kind = JailKind::nsjail;
  protocol::OptionalLayers layers;
  bool pivot_root = true;  // nsjail: else it moves the mount and changes root (Docker's profile)
  std::string namespaces_missing;  // why, for people; empty: they are there
  std::string landlock_missing;
  std::string pidfds_missing;  // cells are killed by number then (cell_process.h)
  // Behind server and supervisor for the processor (cpu_weights.h): not probed, but told.
  std::string cpu_way_out;  // a file of a control group's; a zygote writes "0" to it
  int niceness = 0;
};

// Whether the kernel has pidfds (pidfd_open(2)); errno says why not.
bool has_pidfds();

// Tries it in a child process that ends. Errors: nothing that may serve can be built here, or less
// than config.isolation demands; the detail says what is missing and what would give it.
Result<JailPlan> probe_isolation(const Config& config);

}  // namespace forkjail::supervisor
