// Which zygote is to be started next: a pure function of how things stand. In the supervisor.
//
// Where nothing serves, a quick zygote is started, which has warmed nothing up; as soon as it
// serves, a wholly warmed one comes to replace it (docs/decisions/cold-start.md). The quick ones of
// all flavours start at once, but one owner's waits for those that are everybody's. A whole one
// waits while any other zygote is about to give users their first answers, or is such a second
// generation itself: they would only slow each other down.
#pragma once

#include <optional>

#include "protocol/flavour.h"
#include "protocol/warm_up.h"

namespace forkjail::supervisor {

// How one flavour stands.
struct FlavourState {
  bool offered = false;
  bool paused = false;  // the last one failed, and it is not yet time for the next try
  bool coming = false;  // one starts, or is proved
  std::optional<protocol::WarmUp> serving{};  // how far the one that serves is warmed up
  bool worn_out = false;                      // it has served long enough
};

struct NextZygote {
  protocol::Flavour flavour{};
  protocol::WarmUp warm_up{};
};

// Empty if nothing should start now. Call again after each start.
[[nodiscard]] std::optional<NextZygote> next_zygote(
    const protocol::PerFlavour<FlavourState>& states);

}  // namespace forkjail::supervisor
