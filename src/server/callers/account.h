// What a key used since the start, in the hour and in the day that go on (UTC). Pure.
#pragma once

#include <chrono>

#include "server/observe/key_counts.h"

namespace forkjail::server {

class Account {
 public:
  using Time = std::chrono::system_clock::time_point;
  struct Period {
    std::chrono::sys_seconds since;
    KeyCounts counts;
  };

  void note(const KeyCounts& more, Time now) {
    total_ += more;
    go_on<std::chrono::hours>(hour_, now).counts += more;
    go_on<std::chrono::days>(day_, now).counts += more;
  }

  [[nodiscard]] const KeyCounts& total() const { return total_; }
  [[nodiscard]] const Period& hour(Time now) { return go_on<std::chrono::hours>(hour_, now); }
  [[nodiscard]] const Period& day(Time now) { return go_on<std::chrono::days>(day_, now); }

 private:
  template <typename Length>
  static Period& go_on(Period& period, Time now) {
    const std::chrono::sys_seconds start = std::chrono::floor<Length>(now);
    if (start != period.since) period = {start, {}};
    return period;
  }

  KeyCounts total_;
  Period hour_;
  Period day_;
};

}  // namespace forkjail::server
