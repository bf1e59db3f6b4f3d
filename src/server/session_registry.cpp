#include "server/session_registry.h"

#include <algorithm>
#include <vector>

namespace forkjail::server {
namespace {
constexpr std::chrono::milliseconds kSweepInterval{250};
}  // namespace

SessionRegistry::SessionRegistry(const Executor& executor, const HttpLimits& limits)
    : limits_(limits), timer_(executor) {}

SessionRegistry::Membership::Membership(SessionRegistry& registry, Session& session)
    : registry_(registry),
      position_(registry.sessions_.insert(registry.sessions_.end(), &session)) {
  registry_.sweep_later();
}

SessionRegistry::Membership::~Membership() { registry_.sessions_.erase(position_); }

bool SessionRegistry::make_room() {
  if (sessions_.size() < limits_.connections_max) return true;
  Session* longest = nullptr;
  for (Session* session : sessions_) {
    if (!session->idle()) continue;
    if (longest == nullptr || session->idle_since() < longest->idle_since()) longest = session;
  }
  if (longest == nullptr) return false;
  longest->close();  // it leaves the list a little later, from its own coroutine
  return true;
}

void SessionRegistry::drain() {
  draining_ = true;
  for (Session* session : sessions_) {
    if (session->idle()) session->close();
  }
}

void SessionRegistry::interrupt_all(InterruptReason reason) {
  for (Session* session : sessions_) session->interrupt(reason);
}

void SessionRegistry::close_all() {
  for (Session* session : sessions_) session->close();
}

bool SessionRegistry::reserve_body(std::size_t bytes) {
  if (body_bytes_ + bytes > limits_.bodies_bytes_max) return false;
  body_bytes_ += bytes;
  return true;
}

void SessionRegistry::sweep_later() {
  if (sweeping_ || sessions_.empty()) return;
  sweeping_ = true;
  timer_.expires_after(kSweepInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    sweeping_ = false;
    if (ec) return;
    const auto now = Clock::now();
    for (Session* session : sessions_) session->sweep(now);
    sweep_later();
  });
}

}  // namespace forkjail::server
