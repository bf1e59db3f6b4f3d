#include "server/callers/body_pace.h"

namespace forkjail::server {

void BodyPace::note(const Caller& caller, Clock::time_point now) {
  if (latest_.caller != &caller) other_ = latest_;
  latest_ = {&caller, now};
}

bool BodyPace::is_alone(const Caller& caller, Clock::time_point now) const {
  const Seen& other = latest_.caller == &caller ? other_ : latest_;
  return other.caller == nullptr || now - other.at > kThere;
}

Clock::duration BodyPace::pause(Caller& caller, std::size_t bytes, Clock::time_point now) const {
  if (is_alone(caller, now)) return Clock::duration::zero();
  return caller.body_rate().take(bytes, kTerms, now);
}

}  // namespace forkjail::server
