// A connection that only says what it is at.
#pragma once

#include <optional>

#include "http/connection_registry.h"

namespace forkjail::http {

class FakeConnection final : public RegisteredConnection {
 public:
  FakeConnection(ConnectionRegistry& registry, Seat seat) : membership(registry, *this, seat) {}

  // As if it had been at this for `age`.
  FakeConnection& at(Phase phase, std::chrono::milliseconds age = {}) {
    since(phase, Clock::now() - age);
    return *this;
  }
  void since(Phase phase, Clock::time_point since) {
    if (phase == Phase::answering) {
      phase_.enter_answering();
    } else {
      phase_.enter(phase, since, std::chrono::hours{1});
    }
    membership.note_phase();
  }
  FakeConnection& keep_alive() {
    kept_alive_ = true;
    membership.note_phase();
    return *this;
  }

  [[nodiscard]] const ConnectionPhase& phase() const override { return phase_; }
  [[nodiscard]] bool kept_alive() const override { return kept_alive_; }
  void sweep(Clock::time_point) override { ++swept; }
  void give_way(GaveWay reason) override { gave_way = reason; }
  void drain(Clock::time_point) override { drained = true; }
  void close() override { closed = true; }
  void interrupt(InterruptReason) override {}

  std::optional<GaveWay> gave_way;
  bool drained = false;
  bool closed = false;
  bool busy = false;  // a test's own note
  int swept = 0;

 private:
  ConnectionPhase phase_;
  bool kept_alive_ = false;

 public:
  ConnectionRegistry::Membership membership;
};

}  // namespace forkjail::http
