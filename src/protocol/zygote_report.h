// What a started zygote reports: the isolation level, each layer, and the packages that scripts can
// import. Goes from the supervisor to the server as text; shown at /info and in the start-up log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/warm_up.h"

namespace forkjail::protocol {

enum class IsolationLevel { full, fallback };
enum class LayerState { on, off, not_needed };

struct Layer {
  std::string name;  // "pid namespace"
  LayerState state = LayerState::off;
  std::string why;  // for off and not_needed: the reason, one line
};

struct ZygoteReport {
  IsolationLevel level = IsolationLevel::fallback;
  std::vector<Layer> layers;
  std::vector<std::pair<std::string, std::string>>
      versions;                      // {"python", "3.11.2"}, {"numpy", ...}
  std::vector<std::string> modules;  // the import names of the installed packages
  WarmUp warm_up = WarmUp::none;
};

[[nodiscard]] std::string_view name_of(IsolationLevel level);
[[nodiscard]] std::string_view name_of(LayerState state);

// One line each: "level<TAB>full", "warm_up<TAB>whole", "layer<TAB>name<TAB>state<TAB>why",
// "version<TAB>name<TAB>value", "module<TAB>name".
[[nodiscard]] std::string encode(const ZygoteReport& report);
// Empty if the text does not have that form.
[[nodiscard]] std::optional<ZygoteReport> decode_zygote_report(std::string_view text);

}  // namespace forkjail::protocol
