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
#include "supervisor/cgroups.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/jail_launcher.h"

namespace forkjail::supervisor {
namespace {

// Four pipes, and what kills it, joins it to its group and looks at its files.
constexpr rlim_t kDescriptorsPerCell = 8;
// Connections, the sockets between the processes, a look at a deep tree.
constexpr rlim_t kDescriptorsBesideCells = 1'024 + 256;

// Nothing: it is there. Else why not, one line.
using Missing = std::optional<std::string>;

std::string why() { return std::strerror(errno); }

Missing look_for_root(const Config&) {
  if (::geteuid() == 0) return std::nullopt;
  return "running as uid " + std::to_string(::geteuid());
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

Missing look_for_landlock(const Config&) { return has_landlock() ? std::nullopt : Missing(why()); }

Missing look_for_cgroups(const Config& config) {
  const auto found = Cgroups::find(config.cgroup_parent, {::getpid()});  // undone when it goes
  return found ? std::nullopt : Missing(found.error().to_string());
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
         " are wanted for " + std::to_string(config.cells_max) + " cells";
}

struct Row {
  std::string_view name;
  Missing (*look)(const Config&);
  std::string_view consequence;
  std::string_view remedy;
};

constexpr std::array kRows{
    Row{"root", look_for_root, "all runs share one uid; no cgroup; no chroot",
        "start as root: the service gives its privilege up itself"},
    Row{"seccomp filters", look_for_seccomp, "NOTHING STARTS",
        "a kernel with CONFIG_SECCOMP_FILTER"},
    Row{"namespaces and mounts", look_for_namespaces,
        "fallback level: runs share network, mounts and process ids with the service",
        "Docker: --cap-add SYS_ADMIN --security-opt apparmor=unconfined; Kubernetes: the same as "
        "securityContext; sysctl kernel.unprivileged_userns_clone=1 for an ordinary user"},
    Row{"chroot", look_for_chroot, "without namespaces Landlock is the only file-system wall",
        "CAP_SYS_CHROOT, which Docker gives root"},
    Row{"Landlock", look_for_landlock, "without namespaces chroot is the only file-system wall",
        "Linux 5.13 with landlock among the security modules"},
    Row{"memory and pids cgroups", look_for_cgroups,
        "memory by RLIMIT_DATA, RLIMIT_AS and a watch every 50 ms; threads by rlimit",
        "root on a host; in a container a writable cgroup: --cgroupns=private with the hierarchy "
        "mounted rw; systemd: Delegate=memory pids"},
    Row{"pidfds", look_for_pidfd,
        "fallback level: cells are killed by number, which their zygote keeps taken until then",
        "Linux 5.3; gVisor has none"},
    Row{"guest root", look_for_guest, "NOTHING STARTS",
        "build it (./run does) or name it with --guest-root"},
    Row{"nsjail", look_for_nsjail, "NOTHING STARTS in the full level",
        "./run fetches it; or name it with --nsjail"},
    Row{"file descriptors", look_for_descriptors, "fewer connections and cells at one time",
        "docker run --ulimit nofile=65536; systemd: LimitNOFILE=65536; ulimit -Hn"},
    Row{"huge pages on request", look_for_huge_pages, "cells cost more CPU, nothing else",
        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled"},
};

int conclude(const Config& config, bool cgroups, std::ostream& out) {
  const auto plan = probe_isolation(config);
  if (!plan) {
    out << "\nresult: cannot serve: " << plan.error().to_string() << '\n';
    return 1;
  }
  const bool full = plan->walls.namespaces && plan->walls.own_uid && cgroups;
  out << "\nresult: isolation level " << (full ? "full" : "fallback") << '\n';
  if (!full && config.isolation == IsolationMode::full) {
    out << "which --isolation=full refuses to start with\n";
    return 1;
  }
  return 0;
}

}  // namespace

int run_doctor(const Config& config, std::ostream& out) {
  bool cgroups = true;
  for (const Row& row : kRows) {
    const Missing missing = row.look(config);
    out << (missing ? "MISSING  " : "ok       ") << row.name;
    if (missing) {
      out << ": " << *missing << "\n           so:     " << row.consequence
          << "\n           remedy: " << row.remedy;
      if (row.look == look_for_cgroups) cgroups = false;
    }
    out << '\n';
  }
  return conclude(config, cgroups, out);
}

}  // namespace forkjail::supervisor
