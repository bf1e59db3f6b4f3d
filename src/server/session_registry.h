// All open connections: their deadlines, their number, their end. One sweep a quarter of a second
// stands for timers and watchers of each session, so that a request pays for neither: a deadline is
// late by at most one sweep, and a client that left is noticed within one.
#pragma once

#include <cstddef>
#include <functional>
#include <list>

#include "server/http_limits.h"
#include "server/interruption.h"
#include "server/loop.h"

namespace forkjail::server {

// What the registry asks of a session.
class Session {
 public:
  // Ends what is overdue, notices a client that is gone.
  virtual void sweep(Clock::time_point now) = 0;
  // Waits for a request with nothing of it received; since when.
  [[nodiscard]] virtual bool idle() const = 0;
  [[nodiscard]] virtual Clock::time_point idle_since() const = 0;
  virtual void close() = 0;
  // Gives up the request that is being answered.
  virtual void interrupt(InterruptReason reason) = 0;

 protected:
  ~Session() = default;
};

class SessionRegistry {
 public:
  SessionRegistry(const Executor& executor, const HttpLimits& limits);

  // Membership of one session, ended when destroyed.
  class [[nodiscard]] Membership {
   public:
    Membership(SessionRegistry& registry, Session& session);
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;
    ~Membership();

   private:
    SessionRegistry& registry_;
    std::list<Session*>::iterator position_;
  };

  // Room for one more connection; makes it by closing the longest idle one where it has to.
  [[nodiscard]] bool make_room();
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

  // From now on connections close after the answer they are at, idle ones at once.
  void drain();
  [[nodiscard]] bool draining() const { return draining_; }
  void interrupt_all(InterruptReason reason);
  void close_all();

  // Bytes of request bodies held by all sessions. False: too many already.
  [[nodiscard]] bool reserve_body(std::size_t bytes);
  void release_body(std::size_t bytes) { body_bytes_ -= bytes; }

 private:
  void sweep_later();

  HttpLimits limits_;
  Timer timer_;
  std::list<Session*> sessions_;
  std::size_t body_bytes_ = 0;
  bool sweeping_ = false;
  bool draining_ = false;
};

}  // namespace forkjail::server
