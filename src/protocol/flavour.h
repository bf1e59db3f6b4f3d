// The flavours of warm zygotes, and so of cells. A heavier one has imported more before it clones:
// a script that needs those modules starts sooner there, while every other script pays for page
// tables that it does not use. Any script runs in any cell; the flavour affects only speed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace forkjail::protocol {

enum class Flavour : std::uint32_t {
  light,  // the standard library
  full,   // and the modules of --preload: by default numpy and pandas
  // A cell that outlives its runs (protocol/keeper_channel.h). No zygote is of this flavour: the
  // full ones clone it, or the light ones where nothing is preloaded.
  session,
};

struct FlavourRow {
  Flavour flavour;
  std::string_view name;
};

inline constexpr std::array kFlavours{FlavourRow{Flavour::light, "light"},
                                      FlavourRow{Flavour::full, "full"},
                                      FlavourRow{Flavour::session, "session"}};

constexpr std::string_view name_of(Flavour flavour) {
  return kFlavours.at(static_cast<std::size_t>(flavour)).name;
}

// From a message of another process.
constexpr std::optional<Flavour> known_flavour(Flavour flavour) {
  if (static_cast<std::size_t>(flavour) >= kFlavours.size()) return std::nullopt;
  return flavour;
}

// One T per flavour.
template <typename T>
struct PerFlavour {
  std::array<T, kFlavours.size()> all{};

  T& operator[](Flavour flavour) { return all.at(static_cast<std::size_t>(flavour)); }
  const T& operator[](Flavour flavour) const { return all.at(static_cast<std::size_t>(flavour)); }
};

}  // namespace forkjail::protocol
