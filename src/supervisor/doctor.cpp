#include "supervisor/doctor.h"

#include <linux/seccomp.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "base/io.h"
#include "confine/landlock.h"
#include "supervisor/cgroups.h"
#include "supervisor/cpu_weights.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/jail_command.h"

namespace forkjail::supervisor {
namespace {

// Four pipes, and what kills it, joins it to its group and looks at its files.
constexpr rlim_t kDescriptorsPerCell = 8;
// Connections, the sockets between the processes, a look at a deep tree.
constexpr rlim_t kDescriptorsBesideCells = 1'024 + 256;

// Empty if it is available, else one line: why not.
using Missing = std::optional<std::string>;

std::string why() { return std::strerror(errno); }

Missing look_for_root(const Config&) {
  if (::geteuid() == 0) return std::nullopt;
  return "running as uid " + std::to_string(::geteuid());
}

Missing look_for_ids(const Config& config) {
  if (::geteuid() != 0) return std::nullopt;  // all runs share one
  const auto plan = plan_ids(config.ids, own_ids());
  return plan ? std::nullopt : Missing(plan.error().to_string());
}

Missing look_for_seccomp(const Config&) {
  const std::uint32_t action = SECCOMP_RET_TRAP;
  if (::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0) return std::nullopt;
  // gVisor has filters but not the question.
  return errno == EINVAL ? std::nullopt : Missing(why());
}

Missing look_for_namespaces(const Config& config) {
  Config any = config;
  any.isolation = IsolationMode::automatic;
  const auto plan = probe_isolation(any);
  if (!plan) return plan.error().to_string();
  if (plan->namespaces_missing.empty()) return std::nullopt;
  return plan->namespaces_missing;
}

Missing look_for_chroot(const Config&) {
  if (::chroot("/") == 0) return std::nullopt;
  return why();
}

Missing look_for_landlock(const Config&) {
  return confine::landlock_abi() > 0 ? std::nullopt : Missing(why());
}

Missing look_for_cgroups(const Config& config) {
  const auto found = Cgroups::find(config.cgroup_parent, {::getpid()});  // undone when it goes
  return found ? std::nullopt : Missing(found.error().to_string());
}

Missing look_for_weights(const Config& config) {
  const auto groups = Cgroups::find(config.cgroup_parent, {::getpid()});
  const auto raised = CpuWeights::raise({::getpid()}, groups ? groups->get() : nullptr);
  return raised ? std::nullopt : Missing(raised.error().to_string());
}

Missing look_for_idle_class(const Config& config) {
  const auto groups = Cgroups::find(config.cgroup_parent, {::getpid()});
  if (!groups) return groups.error().to_string();
  const auto raised = CpuWeights::raise({::getpid()}, groups->get());
  if (!raised) return raised.error().to_string();
  const auto status = (*groups)->weigh_cells((*raised)->outer());
  return status ? std::nullopt : Missing(status.error().to_string());
}

Missing look_for_pidfd(const Config&) { return has_pidfds() ? std::nullopt : Missing(why()); }

Missing look_for_guest(const Config& config) {
  const std::string zygote = zygote_path(config);
  if (::access(zygote.c_str(), X_OK) == 0) return std::nullopt;
  return zygote + ": " + why();
}

Missing look_for_nsjail(const Config& config) {
  if (::access(config.nsjail_path.c_str(), X_OK) != 0) return config.nsjail_path + ": " + why();
  const std::string settings = nsjail_settings_path(config);
  if (::access(settings.c_str(), R_OK) != 0) return settings + ": " + why();
  return std::nullopt;
}

Missing look_for_huge_pages(const Config&) {
  const auto mode = read_file("/sys/kernel/mm/transparent_hugepage/enabled");
  if (!mode) return mode.error().to_string();
  if (mode->find("[never]") == std::string::npos) return std::nullopt;
  return "switched off";
}

// The hard limit: the service raises the soft one to it.
Missing look_for_descriptors(const Config& config) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return why();
  const rlim_t wanted = kDescriptorsBesideCells + (kDescriptorsPerCell * config.cells_max);
  if (limit.rlim_max >= wanted) return std::nullopt;
  return "at most " + std::to_string(limit.rlim_max) + ", and " + std::to_string(wanted) +
         " are needed for " + std::to_string(config.cells_max) + " cells";
}

// What works without it.
enum class Without { something, nothing, nothing_with_namespaces };

struct Row {
  std::string_view name;
  Missing (*look)(const Config&);
  Without works;
  std::string_view consequence;
  std::string_view remedy;
};

constexpr std::array kRows{
    Row{"root", look_for_root, Without::something, "all runs share one uid; no cgroup; no chroot",
        "start as root: the service drops its privileges itself"},
    Row{"user and group ids", look_for_ids, Without::nothing, "the service does not start",
        "map more ids into the user namespace, 65,536 is usual; or choose ids inside it with "
        "--server-uid and --cell-uid-first"},
    Row{"seccomp filters", look_for_seccomp, Without::nothing, "the service does not start",
        "a kernel with CONFIG_SECCOMP_FILTER"},
    Row{"namespaces and mounts", look_for_namespaces, Without::something,
        "fallback level: runs share network, mounts and process ids with the service",
        "Docker: --cap-add SYS_ADMIN --security-opt apparmor=unconfined; Kubernetes: the same as "
        "securityContext; sysctl kernel.unprivileged_userns_clone=1 for an ordinary user"},
    Row{"chroot", look_for_chroot, Without::something,
        "without namespaces Landlock is the only file-system layer",
        "CAP_SYS_CHROOT, which Docker gives root"},
    Row{"Landlock", look_for_landlock, Without::something,
        "without namespaces chroot is the only file-system layer",
        "Linux 5.13 or later with landlock among the security modules"},
    Row{"memory and pids cgroups", look_for_cgroups, Without::something,
        "memory by RLIMIT_DATA, RLIMIT_AS and a watch every 50 ms; threads by rlimit",
        "root on a host; in a container a writable cgroup: --cgroupns=private with the hierarchy "
        "mounted rw; systemd: Delegate=cpu memory pids"},
    Row{"CPU weights", look_for_weights, Without::something,
        "scripts run at niceness 5 instead, which counts only within one control group or "
        "session",
        "root on a host; with cgroup v2 a group of its own with the cpu controller (systemd: "
        "Delegate=cpu memory pids)"},
    Row{"idle class for long runs", look_for_idle_class, Without::something,
        "a run that computes for long has the same share of a processor as a short one",
        "what the two cgroups above need, and Linux 5.15"},
    Row{"pidfds", look_for_pidfd, Without::something,
        "fallback level: cells are killed by pid, which their zygote keeps reserved until then",
        "Linux 5.3 or later; gVisor has no pidfds"},
    Row{"guest root", look_for_guest, Without::nothing, "the service does not start",
        "build it (./run does) or set --guest-root"},
    Row{"nsjail", look_for_nsjail, Without::nothing_with_namespaces,
        "where namespaces are available the service starts only with --isolation=fallback",
        "./run fetches it; or set --nsjail"},
    Row{"file descriptors", look_for_descriptors, Without::something,
        "fewer concurrent connections and cells",
        "docker run --ulimit nofile=65536; systemd: LimitNOFILE=65536; ulimit -Hn"},
    Row{"huge pages on request", look_for_huge_pages, Without::something,
        "cells use more CPU; nothing else changes",
        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"},
};

// The result follows the worst line: what is missing may be all that is needed.
class Findings {
 public:
  void add(const Row& row, const Missing& missing) {
    if (!missing) return;
    if (row.look == look_for_cgroups) cgroups_ = false;
    const std::string line = std::string(row.name) + ": " + *missing;
    if (row.works == Without::nothing) stops_ = stops_.value_or(line);
    if (row.works == Without::nothing_with_namespaces) stops_nsjail_ = line;
  }

  int conclude(const Config& config, std::ostream& out) const {
    const auto plan = probe_isolation(config);
    Missing stop = stops_;
    if (!plan) {
      stop = plan.error().to_string();
    } else if (!stop && plan->kind == JailKind::nsjail) {
      stop = stops_nsjail_;
    }
    if (stop) {
      out << "\nresult: cannot serve: " << *stop << '\n';
      return 1;
    }
    const bool full = plan->layers.namespaces && plan->layers.own_uid && cgroups_;
    out << "\nresult: isolation level " << (full ? "full" : "fallback") << '\n';
    if (full || config.isolation != IsolationMode::full) return 0;
    out << "--isolation=full refuses to start at this level\n";
    return 1;
  }

 private:
  bool cgroups_ = true;
  Missing stops_;
  Missing stops_nsjail_;
};

}  // namespace

int run_doctor(const Config& config, std::ostream& out) {
  Findings findings;
  for (const Row& row : kRows) {
    const Missing missing = row.look(config);
    findings.add(row, missing);
    out << (missing ? "MISSING  " : "ok       ") << row.name;
    if (missing) {
      out << ": " << *missing << "\n           effect: " << row.consequence
          << "\n           remedy: " << row.remedy;
    }
    out << '\n';
  }
  return findings.conclude(config, out);
}

}  // namespace forkjail::supervisor
