// Lets one coroutine at a time through to work that takes long for the loop, in order of coming,
// and at most one in each turn of the loop: between two of them everything else has its turn.
// A waiting place lives in the frame of enter().
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <utility>

#include "loop/interruption.h"
#include "loop/loop.h"

namespace forkjail {

class Turnstile {
 public:
  // How long this process sleeps in a rest, and how long it works from one sleep to the next.
  static constexpr std::chrono::microseconds kSleep{50};
  static constexpr std::chrono::microseconds kAwakeMax{100};

  // Whether others than who does the work use the service now. Empty: never.
  using IsShared = std::function<bool()>;
  explicit Turnstile(const Executor& executor, IsShared is_shared = {})
      : executor_(executor), is_shared_(std::move(is_shared)) {}
  Turnstile(const Turnstile&) = delete;  // passes point to it
  Turnstile& operator=(const Turnstile&) = delete;

  // The right to be inside, until it is destroyed.
  class [[nodiscard]] Pass {
   public:
    Pass() = default;
    explicit Pass(Turnstile& turnstile) : turnstile_(&turnstile) {}
    Pass(Pass&& other) noexcept : turnstile_(std::exchange(other.turnstile_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (turnstile_ != nullptr) turnstile_->leave();
    }
    explicit operator bool() const { return turnstile_ != nullptr; }

   private:
    Turnstile* turnstile_ = nullptr;
  };

  // A pass. Empty when the wait for it was interrupted.
  Task<Pass> enter(Interruption& interruption);

  // Gives everything else on the loop a turn, while the pass is kept. While others use the service
  // it sleeps now and then: a cell that was woken on this process's processor has it then at once,
  // where the scheduler would otherwise let this process go on for some milliseconds.
  Task<void> rest();

  [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }

 private:
  struct Waiter {
    explicit Waiter(Turnstile& turnstile)
        : timer(turnstile.executor_, Clock::time_point::max()),
          waiters(turnstile.waiters_),
          place(waiters.insert(waiters.end(), this)) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() {
      if (!called) waiters.erase(place);
    }

    Timer timer;
    std::list<Waiter*>& waiters;
    std::list<Waiter*>::iterator place;
    bool called = false;  // out of the list, and inside
  };

  void leave();
  void call_next();
  [[nodiscard]] bool should_sleep() const;

  Executor executor_;
  IsShared is_shared_;
  Clock::time_point awake_since_;  // the end of its last sleep
  std::list<Waiter*> waiters_;
  bool occupied_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // what was posted sees its end
};

}  // namespace forkjail
