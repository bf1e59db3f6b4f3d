// Why a request has to end now, reported to the code that works on it: its wait in the queue or
// its run. Owned by the HTTP connection, one a request, and by a run in a session, which other
// requests may end too.
#pragma once

#include <functional>
#include <optional>
#include <utility>

namespace forkjail {

enum class InterruptReason {
  client_gone,  // the client closed its connection
  shutdown,     // the grace time of a drain is over
  request,      // another request ends it
};

class Interruption {
 public:
  // The first reason stays; the listener is called once.
  void raise(InterruptReason reason) {
    if (reason_) return;
    reason_ = reason;
    if (listener_) listener_(reason);
  }

  [[nodiscard]] std::optional<InterruptReason> raised() const { return reason_; }

  // Listens for as long as the returned guard lives. One listener at a time.
  class [[nodiscard]] Listening {
   public:
    explicit Listening(Interruption& owner) : owner_(owner) {}
    Listening(const Listening&) = delete;
    Listening& operator=(const Listening&) = delete;
    ~Listening() { owner_.listener_ = nullptr; }

   private:
    Interruption& owner_;
  };
  Listening listen(std::function<void(InterruptReason)> listener) {
    listener_ = std::move(listener);
    return Listening(*this);
  }

 private:
  std::optional<InterruptReason> reason_;
  std::function<void(InterruptReason)> listener_;
};

}  // namespace forkjail
