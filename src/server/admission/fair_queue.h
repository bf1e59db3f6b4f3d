// Who runs next: weighted round robin over the parties that wait, first come first served within
// each. It counts the runs of all and of each party, and never the time or the cells. Pure.
//
// Turns alone do not help while one party's long runs hold every slot. So there is a reserve of
// slots beyond `running_max`, for parties of which nothing runs: one that comes new starts at once,
// and one party alone has as many slots as without a reserve. docs/decisions/callers.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>

#include "server/admission/party.h"

namespace forkjail::server {

struct FairQueueConfig {
  std::uint32_t running_max = 6;
  std::uint32_t reserve = 1;  // slots beyond it
};

class FairQueue {
 public:
  explicit FairQueue(const FairQueueConfig& config) : config_(config) {}
  FairQueue(const FairQueue&) = delete;  // parties point into it
  FairQueue& operator=(const FairQueue&) = delete;

  // Whether a run of this party may start, as far as slots go.
  [[nodiscard]] bool may_start(const Party& party) const;
  // Whether a request that waits for the same could start: it came first.
  [[nodiscard]] bool is_waited_for(Lane lane) const;
  void start(Party& party);
  void end(Party& party);

  void join(Place& place);
  // It gives up.
  void leave(Place& place);
  // Whose turn it is among those that may start and wait for one of `lanes`. Null: nobody's.
  [[nodiscard]] Place* next(const Lanes& lanes) const;
  // It was its turn: it leaves and runs.
  void serve(Place& place);

  // Who gives way to one more request of `newcomer`: the latest of the party that has the most
  // waiting for its weight. Null: that is the newcomer itself.
  [[nodiscard]] Place* gives_way_to(const Party& newcomer) const;

  // How many of those that could start now wait for what.
  [[nodiscard]] std::array<std::uint32_t, kLanes> startable() const;

  [[nodiscard]] std::uint32_t running() const { return running_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void take_turn(Party& party);

  FairQueueConfig config_;
  std::list<Party*> ring_;  // those that wait; the front one is next
  std::uint32_t running_ = 0;
  std::size_t size_ = 0;
};

}  // namespace forkjail::server
