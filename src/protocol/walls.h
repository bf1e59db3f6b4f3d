// Which of the optional isolation layers a cell gets. The supervisor decides by probing, the zygote
// sets them up. All other layers (rlimits, no_new_privs, no capabilities, seccomp) are always on.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::protocol {

struct Walls {
  bool namespaces = false;     // separate ones per cell, and a tmpfs as its scratch
  bool own_uid = false;        // one uid per cell
  bool landlock = false;       // file-system isolation without namespaces
  bool memory_cgroup = false;  // limits all kinds of memory of a cell

  friend bool operator==(const Walls&, const Walls&) = default;
};

struct WallRow {
  std::string_view name;
  bool Walls::* wall;
};

inline constexpr std::array kWalls{
    WallRow{"namespaces", &Walls::namespaces}, WallRow{"own-uid", &Walls::own_uid},
    WallRow{"landlock", &Walls::landlock}, WallRow{"memory-cgroup", &Walls::memory_cgroup}};

// "namespaces,own-uid": the zygote's argument.
[[nodiscard]] std::string encode(const Walls& walls);
// Empty if a name is unknown.
[[nodiscard]] std::optional<Walls> decode_walls(std::string_view text);

}  // namespace forkjail::protocol
