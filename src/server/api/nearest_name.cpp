#include "server/api/nearest_name.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace forkjail::server {
namespace {

constexpr std::size_t kBytesMax = 32;

// Both at most kBytesMax long. One row of the table at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::array<std::size_t, kBytesMax + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row.at(0);
    row.at(0) = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row.at(j);
      row.at(j) = std::min({row.at(j) + 1, row.at(j - 1) + 1, replaced});
    }
  }
  return row.at(b.size());
}

}  // namespace

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  name = name.substr(0, kBytesMax);
  std::string_view nearest;
  std::size_t best = kBytesMax;
  for (const std::string_view candidate : known) {
    const std::size_t found = distance(name, candidate.substr(0, kBytesMax));
    if (found < best && found * 3 <= std::max(candidate.size(), std::size_t{3})) {
      best = found;
      nearest = candidate;
    }
  }
  return nearest;
}

}  // namespace forkjail::server
