#include "server/admission/refusal_pace.h"

#include <algorithm>

namespace forkjail::server {
namespace {

Clock::time_point next_batch(Clock::time_point time) {
  const Clock::duration since_last = time.time_since_epoch() % RefusalRate::kBatch;
  return since_last == Clock::duration{} ? time : time - since_last + RefusalRate::kBatch;
}

}  // namespace

Clock::time_point RefusalRate::next(Clock::time_point now) {
  const Clock::duration interval = Clock::duration(std::chrono::seconds{1}) / terms_.per_second;
  const Clock::duration burst_time = terms_.burst * interval;
  used_up_to_ = std::max(used_up_to_, now - burst_time) + interval;
  used_up_to_ = std::min<Clock::time_point>(used_up_to_, now + terms_.hold_max);
  return used_up_to_ <= now ? now : next_batch(used_up_to_);
}

Task<void> RefusalPace::await_turn(Interruption& interruption) {
  const auto now = Clock::now();
  const auto due = rate_.next(now);
  if (due <= now || interruption.raised()) co_return;
  Timer timer(executor_, due);
  const auto listening = interruption.listen([&timer](InterruptReason) { timer.cancel(); });
  co_await timer.async_wait(use_task);
}

}  // namespace forkjail::server
