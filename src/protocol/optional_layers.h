// Which of the optional isolation layers a cell gets. The supervisor decides by probing, the zygote
// sets them up. All other layers (rlimits, no_new_privs, no capabilities, seccomp) are always on.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace forkjail::protocol {

struct OptionalLayers {
  bool namespaces = false;     // separate ones per cell, and a tmpfs as its scratch
  bool own_uid = false;        // one uid per cell
  bool landlock = false;       // file-system isolation without namespaces
  bool memory_cgroup = false;  // limits all kinds of memory of a cell

  friend bool operator==(const OptionalLayers&, const OptionalLayers&) = default;
};

struct OptionalLayerRow {
  std::string_view name;
  bool OptionalLayers::* layer;
};

inline constexpr std::array kOptionalLayers{
    OptionalLayerRow{"namespaces", &OptionalLayers::namespaces},
    OptionalLayerRow{"own-uid", &OptionalLayers::own_uid},
    OptionalLayerRow{"landlock", &OptionalLayers::landlock},
    OptionalLayerRow{"memory-cgroup", &OptionalLayers::memory_cgroup}};

// "namespaces,own-uid": the zygote's argument.
[[nodiscard]] std::string encode(const OptionalLayers& layers);
// Empty if a name is unknown.
[[nodiscard]] std::optional<OptionalLayers> decode_optional_layers(std::string_view text);

}  // namespace forkjail::protocol
