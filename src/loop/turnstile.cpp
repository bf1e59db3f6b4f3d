#include "loop/turnstile.h"

#include <boost/asio/post.hpp>

namespace forkjail {

Task<Turnstile::Pass> Turnstile::enter(Interruption& interruption) {
  if (!std::exchange(occupied_, true)) co_return Pass(*this);
  Waiter waiter(*this);
  const auto listening = interruption.listen([&waiter](InterruptReason) { waiter.timer.cancel(); });
  co_await waiter.timer.async_wait(use_task);
  if (waiter.called) co_return Pass(*this);
  co_return Pass();
}

Task<void> Turnstile::rest() {
  if (should_sleep()) {
    Timer timer(executor_, kSleep);
    co_await timer.async_wait(use_task);
    awake_since_ = Clock::now();
  } else {
    co_await asio::post(executor_, use_task);
  }
}

bool Turnstile::should_sleep() const {
  return is_shared_ && is_shared_() && Clock::now() - awake_since_ >= kAwakeMax;
}

// The first in the queue enters in the next turn, and so does the first to an empty turnstile.
void Turnstile::leave() {
  asio::post(executor_, [this, alive = std::weak_ptr<bool>(alive_)] {
    if (!alive.expired()) call_next();
  });
}

void Turnstile::call_next() {
  if (waiters_.empty()) {
    occupied_ = false;
    return;
  }
  Waiter* const next = waiters_.front();
  waiters_.pop_front();
  next->called = true;
  next->timer.cancel();
}

}  // namespace forkjail
