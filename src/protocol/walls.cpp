#include "protocol/walls.h"

#include <algorithm>

namespace forkjail::protocol {

std::string encode(const Walls& walls) {
  std::string text;
  for (const WallRow& row : kWalls) {
    if (!(walls.*row.wall)) continue;
    if (!text.empty()) text += ',';
    text += row.name;
  }
  return text;
}

std::optional<Walls> decode_walls(std::string_view text) {
  Walls walls;
  while (!text.empty()) {
    const std::string_view name = text.substr(0, text.find(','));
    bool known = false;
    for (const WallRow& row : kWalls) {
      if (row.name != name) continue;
      walls.*row.wall = true;
      known = true;
    }
    if (!known) return std::nullopt;
    text.remove_prefix(std::min(text.size(), name.size() + 1));
  }
  return walls;
}

}  // namespace forkjail::protocol
