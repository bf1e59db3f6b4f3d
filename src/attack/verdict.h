// The result of one case of the battery, and of all of them.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace forkjail::attack {

enum class Verdict : unsigned char {
  held,
  weaker,  // by design: as the case says of a place with less isolation
  late,    // as expected but for a time bound
  failed,
};
inline constexpr std::array kVerdicts{Verdict::held, Verdict::weaker, Verdict::late,
                                      Verdict::failed};

// For people: "weaker by design", "FAILED".
[[nodiscard]] std::string_view name_of(Verdict verdict);
// For programs: "weaker", "failed".
[[nodiscard]] std::string_view key_of(Verdict verdict);

struct Judgement {
  Verdict verdict = Verdict::failed;
  std::string seen;  // one line: what was met, and before it what was missed
};

// How many cases ended so, and the exit status that follows.
class Tally {
 public:
  void count(Verdict verdict) { ++counts_.at(static_cast<std::size_t>(verdict)); }
  [[nodiscard]] int of(Verdict verdict) const {
    return counts_.at(static_cast<std::size_t>(verdict));
  }

  // "216 held, 0 weaker by design, 1 late, 0 FAILED"
  [[nodiscard]] std::string to_string() const;

  static constexpr int kAllHeld = 0;
  static constexpr int kLayerFailed = 1;
  static constexpr int kNotRun = 2;
  static constexpr int kOnlyLate = 3;  // no layer failed, but a time bound was missed
  [[nodiscard]] int exit_status() const;

 private:
  std::array<int, kVerdicts.size()> counts_{};
};

}  // namespace forkjail::attack
