#include "server/sessions/settling_run.h"

#include <array>

namespace forkjail::server {
namespace {

struct Step {
  std::chrono::milliseconds SettlingRun::Times::* after;
  void (SessionCell::*take)();
};

constexpr std::array kSteps{
    Step{&SettlingRun::Times::lasts, &SessionCell::run_lasts},
    Step{&SettlingRun::Times::stopped, &SessionCell::stop_unreturned},
    Step{&SettlingRun::Times::lost, &SessionCell::lose},
};

}  // namespace

void SettlingRun::begin() {
  begun_ = Clock::now();
  step_ = 0;
  await_step();
}

void SettlingRun::end() {
  step_ = kSteps.size();
  timer_.cancel();
}

void SettlingRun::await_step() {
  if (step_ == kSteps.size()) return;
  timer_.expires_at(begun_ + times_.*kSteps.at(step_).after);
  timer_.async_wait(
      [this, alive = std::weak_ptr<bool>(alive_)](const boost::system::error_code& ec) {
        if (ec || alive.expired() || step_ == kSteps.size()) return;
        const Step& step = kSteps.at(step_++);
        (cell_.*step.take)();
        await_step();
      });
}

}  // namespace forkjail::server
