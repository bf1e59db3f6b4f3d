#include "attack/verdict.h"

#include <numeric>

namespace forkjail::attack {
namespace {

struct Names {
  std::string_view for_people;
  std::string_view for_programs;
};
constexpr std::array<Names, kVerdicts.size()> kNames{
    {{"held", "held"}, {"weaker by design", "weaker"}, {"late", "late"}, {"FAILED", "failed"}}};

const Names& names_of(Verdict verdict) { return kNames.at(static_cast<std::size_t>(verdict)); }

}  // namespace

std::string_view name_of(Verdict verdict) { return names_of(verdict).for_people; }
std::string_view key_of(Verdict verdict) { return names_of(verdict).for_programs; }

std::string Tally::to_string() const {
  std::string text;
  for (const Verdict verdict : kVerdicts) {
    text.append(text.empty() ? "" : ", ").append(std::to_string(of(verdict))).append(" ");
    text.append(name_of(verdict));
  }
  return text;
}

int Tally::exit_status() const {
  if (std::accumulate(counts_.begin(), counts_.end(), 0) == 0) return kNotRun;
  if (of(Verdict::failed) != 0) return kLayerFailed;
  return of(Verdict::late) != 0 ? kOnlyLate : kAllHeld;
}

}  // namespace forkjail::attack
