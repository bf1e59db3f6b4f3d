// The kinds of warm zygotes, and so of cells. A heavier one has more imported before it clones: a
// script that needs it starts sooner there, and every other one pays for page tables that it never
// looks at. Any script runs in any cell; which one it gets is only a matter of speed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace forkjail::protocol {

enum class Flavour : std::uint32_t {
  light,  // the standard library
  full,   // and the modules of --preload: numpy and pandas, if nothing else was said
};

struct FlavourRow {
  Flavour flavour;
  std::string_view name;
};

inline constexpr std::array kFlavours{FlavourRow{Flavour::light, "light"},
                                      FlavourRow{Flavour::full, "full"}};

constexpr std::string_view name_of(Flavour flavour) {
  return kFlavours.at(static_cast<std::size_t>(flavour)).name;
}

// From a message of another process.
constexpr std::optional<Flavour> known_flavour(Flavour flavour) {
  if (static_cast<std::size_t>(flavour) >= kFlavours.size()) return std::nullopt;
  return flavour;
}

// One T for each flavour.
template <typename T>
struct PerFlavour {
  std::array<T, kFlavours.size()> all{};

  T& operator[](Flavour flavour) { return all.at(static_cast<std::size_t>(flavour)); }
  const T& operator[](Flavour flavour) const { return all.at(static_cast<std::size_t>(flavour)); }
};

}  // namespace forkjail::protocol
