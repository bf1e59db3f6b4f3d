// The flavours of warm zygotes, and so of cells. A heavier one has imported more before it clones:
// a script that needs those modules starts sooner there, while every other script pays for page
// tables that it does not use. Any script runs in any cell of its owner; beside that the flavour
// affects only speed.
//
// A key can be an owner: then its cells come from a zygote that clones for nobody else, so that it
// shares neither memory layout nor hash seed. There are a few such zygotes and no names of keys
// here: whose each is, only the server knows (docs/decisions/isolated-keys.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/enum_rows.h"

namespace forkjail::protocol {

// Whose runs a zygote clones for: everybody's, or those of one of the isolated owners, which count
// from 1.
using Owner = std::uint32_t;
inline constexpr Owner kEverybody = 0;
inline constexpr Owner kIsolatedOwnersMax = 4;
inline constexpr Owner kNoOwner = ~Owner{0};  // no cell is for it

enum class Flavour : std::uint32_t {
  light,  // the standard library
  full,   // and the modules of --preload: by default numpy and pandas
  // A cell that outlives its runs (protocol/keeper_channel.h). No zygote is of this flavour: the
  // full ones clone it, or the light ones where nothing is preloaded.
  session,
  // As the full one, for all runs of one owner; and the owner's sessions.
  isolated_1,
  isolated_2,
  isolated_3,
  isolated_4,
  isolated_1_session,
  isolated_2_session,
  isolated_3_session,
  isolated_4_session,
};

struct FlavourRow {
  Flavour flavour;
  std::string_view name;
  Flavour zygote;  // whose zygotes clone it
  Owner owner = kEverybody;

  [[nodiscard]] constexpr bool has_zygote() const { return zygote == flavour; }
};

inline constexpr std::array kFlavours{
    FlavourRow{Flavour::light, "light", Flavour::light},
    FlavourRow{Flavour::full, "full", Flavour::full},
    FlavourRow{Flavour::session, "session", Flavour::full},
    FlavourRow{Flavour::isolated_1, "isolated_1", Flavour::isolated_1, 1},
    FlavourRow{Flavour::isolated_2, "isolated_2", Flavour::isolated_2, 2},
    FlavourRow{Flavour::isolated_3, "isolated_3", Flavour::isolated_3, 3},
    FlavourRow{Flavour::isolated_4, "isolated_4", Flavour::isolated_4, 4},
    FlavourRow{Flavour::isolated_1_session, "isolated_1_session", Flavour::isolated_1, 1},
    FlavourRow{Flavour::isolated_2_session, "isolated_2_session", Flavour::isolated_2, 2},
    FlavourRow{Flavour::isolated_3_session, "isolated_3_session", Flavour::isolated_3, 3},
    FlavourRow{Flavour::isolated_4_session, "isolated_4_session", Flavour::isolated_4, 4},
};

static_assert(rows_in_order(kFlavours, &FlavourRow::flavour));

constexpr const FlavourRow& row_of(Flavour flavour) {
  return kFlavours.at(static_cast<std::size_t>(flavour));
}
constexpr std::string_view name_of(Flavour flavour) { return row_of(flavour).name; }
constexpr Owner owner_of(Flavour flavour) { return row_of(flavour).owner; }
// Of cells that outlive their runs.
constexpr bool is_session(Flavour flavour) { return !row_of(flavour).has_zygote(); }
// Whose zygotes import the modules of --preload.
constexpr bool preloads(Flavour flavour) { return flavour != Flavour::light; }

// Requests ask for a flavour that all share. Returns the one that serves them for `owner`. Empty:
// `owner` has no cells, so nothing may serve them.
constexpr std::optional<Flavour> flavour_for(Flavour asked, Owner owner) {
  if (owner == kEverybody) return asked;
  for (const FlavourRow& row : kFlavours) {
    if (row.owner == owner && row.has_zygote() != is_session(asked)) return row.flavour;
  }
  return std::nullopt;
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
