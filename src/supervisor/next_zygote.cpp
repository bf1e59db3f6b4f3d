#include "supervisor/next_zygote.h"

#include <algorithm>

namespace forkjail::supervisor {
namespace {

using protocol::PerFlavour;
using protocol::WarmUp;

bool warms_for_the_first_time(const FlavourState& state) {
  return state.coming && state.serving != WarmUp::whole;
}

// Everybody waits for its first answers.
bool is_awaited_by_all(const protocol::FlavourRow& row, const FlavourState& state) {
  return row.owner == protocol::kEverybody && state.coming && !state.serving;
}

std::optional<WarmUp> wanted(const FlavourState& state, bool others_warm) {
  if (!state.offered || state.paused || state.coming) return std::nullopt;
  if (!state.serving) return WarmUp::none;
  if (*state.serving == WarmUp::none && !others_warm) return WarmUp::whole;
  if (*state.serving == WarmUp::whole && state.worn_out) return WarmUp::whole;
  return std::nullopt;
}

}  // namespace

std::optional<NextZygote> next_zygote(const PerFlavour<FlavourState>& states) {
  const bool some_warm = std::ranges::any_of(states.all, warms_for_the_first_time);
  const bool all_wait = std::ranges::any_of(protocol::kFlavours, [&](const auto& row) {
    return is_awaited_by_all(row, states[row.flavour]);
  });
  // Flavours that nothing serves yet go first; the light one before the other, which imports for
  // longer.
  for (const WarmUp warm_up : {WarmUp::none, WarmUp::whole}) {
    for (const auto& row : protocol::kFlavours) {
      if (all_wait && row.owner != protocol::kEverybody) continue;
      if (wanted(states[row.flavour], some_warm) == warm_up)
        return NextZygote{row.flavour, warm_up};
    }
  }
  return std::nullopt;
}

}  // namespace forkjail::supervisor
