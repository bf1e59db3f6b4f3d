#include "attack/verdict.h"

#include <numeric>

namespace forkjail::attack {
namespace {

constexpr std::array<std::string_view, 4> kNames{"held", "weaker by design", "late", "FAILED"};

}  // namespace

std::string_view name_of(Verdict verdict) { return kNames.at(static_cast<std::size_t>(verdict)); }

std::string Tally::to_string() const {
  std::string text;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    text.append(i == 0 ? "" : ", ").append(std::to_string(counts_.at(i))).append(" ");
    text.append(kNames.at(i));
  }
  return text;
}

int Tally::exit_status() const {
  if (std::accumulate(counts_.begin(), counts_.end(), 0) == 0) return kNotRun;
  if (of(Verdict::failed) != 0) return kWallFell;
  return of(Verdict::late) != 0 ? kOnlyLate : kAllHeld;
}

}  // namespace forkjail::attack
