// Which of the walls that a place may refuse are to be built. The supervisor decides by its probe,
// the zygote builds. All other walls (rlimits, no_new_privs, no capabilities, seccomp) always are.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::protocol {

struct Walls {
  bool namespaces = false;     // of each cell's own, and a tmpfs as its scratch
  bool own_uid = false;        // one a cell
  bool landlock = false;       // the file-system wall where there is neither namespace nor chroot
  bool memory_cgroup = false;  // counts all memory of a cell, whatever kind it is of

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
// Nothing when a name is unknown.
[[nodiscard]] std::optional<Walls> decode_walls(std::string_view text);

}  // namespace forkjail::protocol
