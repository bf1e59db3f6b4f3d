#include "server/callers/body_pace.h"

#include "server/callers/caller.h"

namespace forkjail::server {

void BodyPace::note(const http::Caller& caller, Clock::time_point now) {
  if (latest_.caller != &caller) other_ = latest_;
  latest_ = {&caller, now};
}

bool BodyPace::is_alone(const http::Caller& caller, Clock::time_point now) const {
  const Seen& other = latest_.caller == &caller ? other_ : latest_;
  return other.caller == nullptr || now - other.at > kThere;
}

bool BodyPace::is_shared(Clock::time_point now) const {
  return other_.caller != nullptr && now - other_.at <= kThere;
}

Clock::duration BodyPace::pause(http::Caller& caller, std::size_t bytes, Clock::time_point now) {
  auto* const known = dynamic_cast<Caller*>(&caller);
  if (known == nullptr || is_alone(caller, now)) return Clock::duration::zero();
  return known->body_rate().take(bytes, terms_, now);
}

}  // namespace forkjail::server
