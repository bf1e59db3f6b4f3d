#include "server/compat/e2b_sandboxes.h"

#include <algorithm>
#include <utility>

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kSweepTime{1'000};

// A lost session is made anew when it is asked for: a notebook's kernel that died is started again.
bool is_there(const E2bContext& context) {
  const SessionEnd why = context.session->ended();
  return context.is_due || why == SessionEnd::none || why == SessionEnd::lost;
}

bool is_over(const E2bSandbox& sandbox, Clock::time_point now) {
  return now >= sandbox.ends_at ||
         std::ranges::none_of(sandbox.contexts, [](const auto& each) { return is_there(*each); });
}

void end_sessions(E2bSandbox& sandbox, SessionEnd why) {
  sandbox.ended = true;
  for (const auto& context : sandbox.contexts) context->session->end(why);
}

std::string_view owner_of(const E2bSandbox& sandbox) {
  return sandbox.caller == nullptr ? std::string_view() : sandbox.caller->name();
}

}  // namespace

std::shared_ptr<E2bContext> E2bSandbox::context(std::string_view context_id) const {
  const auto found = std::ranges::find(contexts, context_id, &E2bContext::id);
  return found == contexts.end() ? nullptr : *found;
}

std::size_t E2bSandboxes::IdHash::operator()(std::string_view id) const {
  json::SipHash hash(secret);
  hash.update(id);
  return hash.finish().low;
}

E2bSandboxes::E2bSandboxes(const Executor& executor, SessionStore& store,
                           const json::HashSecret& secret)
    : store_(store), sandboxes_(0, IdHash{secret}), timer_(executor) {}

void E2bSandboxes::add(std::shared_ptr<E2bSandbox> sandbox) {
  sandboxes_[sandbox->id] = std::move(sandbox);
  sweep_later();
}

std::shared_ptr<E2bSandbox> E2bSandboxes::find(std::string_view id) {
  const auto found = sandboxes_.find(id);
  if (found == sandboxes_.end() || is_over(*found->second, Clock::now())) return nullptr;
  return found->second;
}

void E2bSandboxes::remove(E2bSandbox& sandbox) {
  sandbox.ended = true;
  for (const auto& context : sandbox.contexts) store_.remove(*context->session);
  sandboxes_.erase(sandbox.id);
}

std::vector<std::shared_ptr<E2bSandbox>> E2bSandboxes::of(std::string_view owner) {
  sweep(Clock::now());
  std::vector<std::shared_ptr<E2bSandbox>> found;
  if (owner.empty()) return found;
  for (const auto& [id, sandbox] : sandboxes_) {
    if (owner_of(*sandbox) == owner) found.push_back(sandbox);
  }
  std::ranges::sort(found, {}, &E2bSandbox::started);
  return found;
}

Clock::time_point E2bSandboxes::end_of_life(const E2bSandbox& sandbox) const {
  return sandbox.started + store_.config().limits.life_time;
}

void E2bSandboxes::set_timeout(E2bSandbox& sandbox, std::chrono::seconds timeout) const {
  sandbox.ends_at = std::min(Clock::now() + timeout, end_of_life(sandbox));
}

void E2bSandboxes::pause(E2bSandbox& sandbox) const {
  sandbox.paused = true;
  sandbox.ends_at = end_of_life(sandbox);
}

void E2bSandboxes::connect(E2bSandbox& sandbox, std::chrono::seconds timeout) const {
  const bool was_paused = std::exchange(sandbox.paused, false);
  const auto before = sandbox.ends_at;
  set_timeout(sandbox, timeout);
  if (!was_paused) sandbox.ends_at = std::max(before, sandbox.ends_at);
}

void E2bSandboxes::sweep(Clock::time_point now) {
  std::erase_if(sandboxes_, [now](const auto& entry) {
    if (!is_over(*entry.second, now)) return false;
    end_sessions(*entry.second, SessionEnd::expired);
    return true;
  });
}

void E2bSandboxes::sweep_later() {
  if (std::exchange(sweeping_, true)) return;
  timer_.expires_after(kSweepTime);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    sweeping_ = false;
    if (ec) return;
    sweep(Clock::now());
    if (!sandboxes_.empty()) sweep_later();
  });
}

}  // namespace forkjail::server
