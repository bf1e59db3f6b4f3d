// A timer with one action, which is set once at a time: setting one that is set does nothing. It
// costs nothing while it is not set.
#pragma once

#include <functional>
#include <utility>

#include "loop/loop.h"

namespace forkjail {

class Alarm {
 public:
  Alarm(const Executor& executor, std::function<void()> action)
      : timer_(executor), action_(std::move(action)) {}
  Alarm(const Alarm&) = delete;  // the loop holds its address while it is set
  Alarm& operator=(const Alarm&) = delete;

  // The action may set it again.
  void set(Clock::time_point when) {
    if (std::exchange(is_set_, true)) return;
    timer_.expires_at(when);
    timer_.async_wait([this](const boost::system::error_code& ec) {
      if (ec) return;  // destroyed
      is_set_ = false;
      action_();
    });
  }
  void set_after(Clock::duration delay) { set(Clock::now() + delay); }

 private:
  Timer timer_;
  std::function<void()> action_;
  bool is_set_ = false;
};

}  // namespace forkjail
