#include "supervisor/proof.h"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/io.h"
#include "supervisor/process_facts.h"

namespace forkjail::supervisor {
namespace {

using protocol::Layer;
using protocol::LayerState;

constexpr int kSeccompFilterMode = 2;

struct NamespaceClaim {
  std::string_view name;   // in /proc/PID/ns
  std::string_view layer;  // what it is called to people
  bool own;                // the cell's own, not shared with its zygote
};

constexpr std::array kNamespaceClaims{
    NamespaceClaim{"user", "user namespace", false},
    NamespaceClaim{"net", "network namespace", false},
    NamespaceClaim{"cgroup", "cgroup namespace", false},
    NamespaceClaim{"pid", "pid namespace", true},
    NamespaceClaim{"mnt", "mount namespace", true},
    NamespaceClaim{"ipc", "ipc namespace", true},
    NamespaceClaim{"uts", "uts namespace", true},
};

Error missing(std::string_view layer, std::string detail) {
  return Error{"prove " + std::string(layer), 0, std::move(detail)};
}

Status prove_namespace(const Suspect& suspect, const NamespaceClaim& claim) {
  const std::string name(claim.name);
  const auto host = namespace_of(::getpid(), name);
  const auto zygote = namespace_of(suspect.zygote, name);
  const auto cell = namespace_of(suspect.cell, name);
  for (const auto* found : {&host, &zygote, &cell}) {
    if (!*found) return found->error();
  }
  if (*cell == *host) return missing(claim.layer, "the cell shares the service's");
  if (claim.own && *cell == *zygote) return missing(claim.layer, "the cell shares its zygote's");
  return ok_status();
}

// The jail's root is the guest's directory and not, say, the host's.
Status prove_root(const Suspect& suspect) {
  struct stat wanted{};
  struct stat found{};
  if (::stat(suspect.guest_root.c_str(), &wanted) != 0) return errno_error("stat the guest root");
  const std::string root = "/proc/" + std::to_string(suspect.cell) + "/root";
  if (::stat(root.c_str(), &found) != 0) return errno_error("stat " + root);
  if (found.st_dev != wanted.st_dev || found.st_ino != wanted.st_ino) {
    return missing("guest root", "the cell's root is another directory");
  }
  return ok_status();
}

Status prove_privileges(const Suspect& suspect) {
  const auto zygote = read_process_facts(suspect.zygote);
  if (!zygote) return zygote.error();
  if (zygote->real_uid != suspect.zygote_uid || zygote->effective_uid != suspect.zygote_uid) {
    return missing("zygote's uid", "it is " + std::to_string(zygote->real_uid));
  }
  if (zygote->threads != 1) {
    return missing("single-threaded zygote", std::to_string(zygote->threads) + " threads");
  }
  const auto cell = read_process_facts(suspect.cell);
  if (!cell) return cell.error();
  if (cell->real_uid != suspect.cell_uid || cell->effective_uid != suspect.cell_uid) {
    return missing("cell's uid", "it is " + std::to_string(cell->real_uid));
  }
  if (cell->capabilities != 0) return missing("no capabilities", "some are left");
  if (suspect.plan.kind != JailKind::open && cell->bounding_set != 0) {
    return missing("empty bounding set", "some capabilities are left");
  }
  if (cell->no_new_privs == false) return missing("no_new_privs", "off");
  if (cell->seccomp_mode != kSeccompFilterMode) return missing("seccomp filter", "off");
  if (cell->threads != 1) return missing("single-threaded cell", "it has more threads");
  return ok_status();
}

// Every hierarchy that we use must show the cell in the group made for it.
Status prove_cgroup(const Suspect& suspect) {
  const auto text = read_file("/proc/" + std::to_string(suspect.cell) + "/cgroup");
  if (!text) return text.error();
  if (text->find(suspect.cgroup_name + "\n") == std::string::npos) {
    return missing("cgroup", "the cell is not in " + suspect.cgroup_name);
  }
  return ok_status();
}

Layer on(std::string_view name) { return {std::string(name), LayerState::on, {}}; }
Layer off(std::string_view name, std::string why) {
  return {std::string(name), LayerState::off, std::move(why)};
}
Layer not_needed(std::string_view name, std::string why) {
  return {std::string(name), LayerState::not_needed, std::move(why)};
}

Status prove_namespaces(const Suspect& suspect) {
  for (const NamespaceClaim& claim : kNamespaceClaims) {
    if (auto status = prove_namespace(suspect, claim); !status) return status;
  }
  return ok_status();
}

// The layers that depend on the place, each with the reason where it is not there. What the cell
// itself refused to park without (sandbox/enter_cell.h) is not looked at again.
void describe(const JailPlan& plan, std::vector<Layer>& layers) {
  const std::string& refused = plan.namespaces_missing;
  for (const NamespaceClaim& claim : kNamespaceClaims) {
    layers.push_back(plan.layers.namespaces ? on(claim.layer) : off(claim.layer, refused));
  }
  if (plan.layers.namespaces) {
    layers.push_back(on("read-only root"));
    layers.push_back(on("private scratch tmpfs"));
    layers.push_back(not_needed("landlock", "each cell has its own root and scratch"));
  } else {
    layers.push_back(plan.kind == JailKind::chroot
                         ? on("chroot")
                         : off("chroot", "needs root; Landlock takes its place"));
    layers.push_back(
        off("private scratch tmpfs", "mounts are refused; each run has its own directory"));
    layers.push_back(plan.layers.landlock ? on("landlock")
                                          : off("landlock", plan.landlock_missing));
  }
  layers.push_back(plan.layers.own_uid ? on("own uid") : off("own uid", "the service is not root"));
  for (const auto* name : {"no capabilities", "no_new_privs", "seccomp filter", "rlimits"}) {
    layers.push_back(on(name));
  }
  layers.push_back(plan.pidfds_missing.empty() ? on("pidfds") : off("pidfds", plan.pidfds_missing));
}

}  // namespace

std::vector<Layer> claimed_layers(const JailPlan& plan) {
  std::vector<Layer> layers;
  describe(plan, layers);
  return layers;
}

Result<std::vector<Layer>> prove_layers(const Suspect& suspect) {
  if (suspect.plan.layers.namespaces) {
    if (auto status = prove_namespaces(suspect); !status) return status.error();
  }
  std::string root_unseen;
  if (suspect.plan.kind != JailKind::open) {
    const auto status = prove_root(suspect);
    // Looking at another's root takes CAP_SYS_PTRACE, which containers lack. The chroot was made by
    // the supervisor's own child, which does not go on without it.
    if (!status) {
      const bool may_not_look = status.error().sys_errno == EACCES;
      if (!may_not_look || suspect.plan.kind != JailKind::chroot) return status.error();
      root_unseen = "not inspected from outside: no CAP_SYS_PTRACE";
    }
  }
  if (auto status = prove_privileges(suspect); !status) return status.error();
  std::vector<Layer> layers = claimed_layers(suspect.plan);
  for (Layer& layer : layers) {
    if (layer.name == "chroot") layer.why += root_unseen;
  }
  if (!suspect.cgroup_name.empty()) {
    if (auto status = prove_cgroup(suspect); !status) return status.error();
    layers.push_back(on("memory and pids cgroup"));
  }
  return layers;
}

}  // namespace forkjail::supervisor
