#include "protocol/optional_layers.h"

#include <algorithm>

namespace forkjail::protocol {

std::string encode(const OptionalLayers& layers) {
  std::string text;
  for (const OptionalLayerRow& row : kOptionalLayers) {
    if (!(layers.*row.layer)) continue;
    if (!text.empty()) text += ',';
    text += row.name;
  }
  return text;
}

std::optional<OptionalLayers> decode_optional_layers(std::string_view text) {
  OptionalLayers layers;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    bool known = false;
    for (const OptionalLayerRow& row : kOptionalLayers) {
      if (row.name != name) continue;
      layers.*row.layer = true;
      known = true;
    }
    if (!known) return std::nullopt;
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  return layers;
}

}  // namespace forkjail::protocol
