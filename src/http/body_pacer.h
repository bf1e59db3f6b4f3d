// How fast the large bodies of each caller come in. It is asked for every route and whichever gate
// let a request in, and knows of a request only who sent it. Without one nothing is held.
#pragma once

#include <cstddef>

#include "http/caller.h"
#include "loop/loop.h"

namespace forkjail::http {

class BodyPacer {
 public:
  BodyPacer() = default;
  BodyPacer(const BodyPacer&) = delete;
  BodyPacer& operator=(const BodyPacer&) = delete;
  virtual ~BodyPacer() = default;

  // A gate has let in a request of `caller`, whatever it is and whether or not it has a body.
  virtual void note(const Caller& caller, Clock::time_point now) = 0;
  // `caller` has sent `bytes` more of a large body: how long to wait before the rest is read, so
  // that other callers are served. Zero: read on. Must not wait itself.
  virtual Clock::duration pause(Caller& caller, std::size_t bytes, Clock::time_point now) = 0;
};

}  // namespace forkjail::http
