// How far a zygote warms itself before it serves. The supervisor passes it on the zygote's command
// line; for a script only the speed differs.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace forkjail::protocol {

enum class WarmUp {
  none,   // imports the preloaded modules only: for the first users of a new service
  whole,  // also common modules, exercises them, and arranges its memory for clones
};

inline constexpr std::array<std::string_view, 2> kWarmUpNames{"none", "whole"};

constexpr std::string_view name_of(WarmUp warm_up) {
  return kWarmUpNames.at(static_cast<std::size_t>(warm_up));
}

constexpr std::optional<WarmUp> warm_up_named(std::string_view name) {
  for (const WarmUp warm_up : {WarmUp::none, WarmUp::whole}) {
    if (name == name_of(warm_up)) return warm_up;
  }
  return std::nullopt;
}

}  // namespace forkjail::protocol
