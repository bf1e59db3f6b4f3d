// The namespaces that each cell gets, as data. The user and network namespaces belong to the
// zygote: nsjail creates them once; the network namespace contains only a loopback device that is
// down, and `socket` is refused as well.
#pragma once

#include <linux/sched.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace forkjail::sandbox {

struct NamespaceRow {
  std::uint64_t clone_flag;  // clone(2)
  std::string_view name;
  std::string_view why;
};

inline constexpr std::array kCellNamespaces{
    NamespaceRow{CLONE_NEWPID, "pid namespace",
                 "sees and signals no process but itself; dies whole when its init is killed"},
    NamespaceRow{CLONE_NEWNS, "mount namespace", "a scratch file system that no other cell sees"},
    NamespaceRow{CLONE_NEWIPC, "ipc namespace", "System V IPC and POSIX queues end with the cell"},
    NamespaceRow{CLONE_NEWUTS, "uts namespace", "no shared host name to signal through"},
};

constexpr std::uint64_t cell_clone_flags() {
  std::uint64_t flags = 0;
  for (const auto& row : kCellNamespaces) flags |= row.clone_flag;
  return flags;
}

}  // namespace forkjail::sandbox
