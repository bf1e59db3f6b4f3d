#include "server/sessions/session_store.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <utility>

#include "server/sessions/session_id.h"

namespace forkjail::server {
namespace {

constexpr std::chrono::milliseconds kSweepTime{1'000};

Refused no_room(std::uint32_t sessions_max) {
  return {Refusal::sessions_full,
          "there are " + std::to_string(sessions_max) +
              " sessions, and none that may give way has been idle for long; try again later, or "
              "end one with DELETE",
          5};
}

Refused no_id() {
  return {Refusal::not_ready, "no session can be made now; send the request again", 1};
}

Refused no_room_for_owner(std::uint32_t owner_max) {
  return {Refusal::own_sessions_full,
          "this key has " + std::to_string(owner_max) +
              " sessions, which is all that it may have; end one with DELETE",
          5};
}

// Counts a session that is being made.
class Starting {
 public:
  using Owners = std::multiset<std::string>;

  Starting(Owners& owners, const std::string& owner)
      : owners_(owners), entry_(owners.insert(owner)) {}
  Starting(const Starting&) = delete;
  Starting& operator=(const Starting&) = delete;
  ~Starting() { owners_.erase(entry_); }

 private:
  Owners& owners_;
  Owners::iterator entry_;
};

}  // namespace

std::size_t SessionStore::IdHash::operator()(std::string_view id) const {
  json::SipHash hash(secret);
  hash.update(id);
  return hash.finish().low;
}

SessionStore::SessionStore(const Parts& parts, const SessionConfig& config)
    : parts_(parts),
      config_(config),
      sessions_(0, IdHash{parts.hash_secret}),
      gone_(0, IdHash{parts.hash_secret}),
      sweep_timer_(parts.executor) {}

Task<std::variant<std::shared_ptr<Session>, Refused>> SessionStore::create(
    std::string owner, const SessionLimits& limits, Interruption& interruption,
    std::uint32_t owner_max, PartyPtr party) {
  forget_ended();
  if (of(owner).size() + starting_.count(owner) >= owner_max) {
    co_return parts_.runner.count(no_room_for_owner(owner_max));
  }
  if (!make_room(owner)) co_return parts_.runner.count(no_room(config_.sessions_max));
  auto id = new_session_id(config_.instance_name);
  if (!id) co_return parts_.runner.count(no_id());
  const Starting starting(starting_, owner);
  const Session::Parts parts{parts_.executor, parts_.runner, config_, counts_};
  auto session = std::make_shared<Session>(parts, *std::move(id), std::move(owner), limits);
  auto refused = co_await session->start(parts_.cells, interruption, std::move(party));
  if (refused) co_return parts_.runner.count(*std::move(refused));
  ++counts_.created;
  sessions_[session->id()] = session;
  sweep_later();
  co_return session;
}

// False: all that may give way are in use, or were a moment ago.
bool SessionStore::make_room(const std::string& owner) {
  if (sessions_.size() + starting_.size() < config_.sessions_max) return true;
  Session* const given_up = gives_way_to(owner);
  if (given_up == nullptr) return false;
  if (Clock::now() - given_up->idle_since() < config_.eviction_idle_min) return false;
  end(*given_up, SessionEnd::evicted);
  return true;
}

// The session that is idle longest of those that may end for a new one of this owner. Each owner
// has an equal share: who has used it gives up a session of its own, and who has not takes the
// place of one that is beyond its owner's share. Null: none.
Session* SessionStore::gives_way_to(const std::string& owner) const {
  std::map<std::string_view, std::size_t> number{{owner, 0}};  // of sessions, by owner
  for (const auto& [id, session] : sessions_) ++number[session->owner()];
  for (const std::string& each : starting_) ++number[each];
  const std::size_t share = std::max<std::size_t>(1, config_.sessions_max / number.size());
  const bool has_share = number[owner] >= share;
  Session* longest_idle = nullptr;
  for (const auto& [id, session] : sessions_) {
    const bool may_end = has_share ? session->owner() == owner : number[session->owner()] > share;
    if (!may_end || session->busy()) continue;
    if (longest_idle == nullptr || session->idle_since() < longest_idle->idle_since()) {
      longest_idle = session.get();
    }
  }
  return longest_idle;
}

std::variant<std::shared_ptr<Session>, NoSession> SessionStore::find(std::string_view id,
                                                                     std::string_view owner) {
  forget_ended();
  if (const auto found = sessions_.find(id);
      found != sessions_.end() && found->second->owner() == owner) {
    return found->second;
  }
  if (const auto gone = gone_.find(id); gone != gone_.end() && gone->second.owner == owner) {
    return NoSession{gone->second.why, {}};
  }
  const auto instance = instance_of(id);
  const bool elsewhere = instance && *instance != config_.instance_name;
  return NoSession{SessionEnd::none, elsewhere ? std::string(*instance) : std::string()};
}

void SessionStore::remove(Session& session) { end(session, SessionEnd::deleted); }

std::vector<std::shared_ptr<Session>> SessionStore::of(std::string_view owner) const {
  std::vector<std::shared_ptr<Session>> found;
  for (const auto& [id, session] : sessions_) {
    if (session->owner() == owner && session->ended() == SessionEnd::none) found.push_back(session);
  }
  std::ranges::sort(found, {}, &Session::created_at);
  return found;
}

std::size_t SessionStore::states() const {
  std::size_t count = 0;
  for (const auto& [id, session] : sessions_) count += session->states().states().size();
  return count;
}

void SessionStore::end(Session& session, SessionEnd why) {
  session.end(why);
  forget_ended();
}

// Also those whose cell has ended by itself.
void SessionStore::forget_ended() {
  for (auto next = sessions_.begin(); next != sessions_.end();) {
    const auto entry = next++;
    if (entry->second->ended() == SessionEnd::none) continue;
    remember(*entry->second);
    count(entry->second->ended());
    sessions_.erase(entry);
  }
}

void SessionStore::remember(const Session& session) {
  if (session.ended() == SessionEnd::deleted) return;  // its client knows
  gone_[session.id()] = {session.ended(), session.owner()};
  gone_order_.push_back(session.id());
  if (gone_order_.size() <= kRemembered) return;
  gone_.erase(gone_order_.front());
  gone_order_.pop_front();
}

void SessionStore::count(SessionEnd why) {
  switch (why) {
    case SessionEnd::none:
      return;
    case SessionEnd::deleted:
      ++counts_.deleted;
      return;
    case SessionEnd::expired:
      ++counts_.expired;
      return;
    case SessionEnd::evicted:
      ++counts_.evicted;
      return;
    case SessionEnd::lost:
      ++counts_.lost;
  }
}

void SessionStore::sweep(Clock::time_point now) {
  for (const auto& [id, session] : sessions_) {
    if (!session->busy() && now >= session->expires_at()) session->end(SessionEnd::expired);
  }
  forget_ended();
}

void SessionStore::sweep_later() {
  if (std::exchange(sweeping_, true)) return;
  sweep_timer_.expires_after(kSweepTime);
  sweep_timer_.async_wait([this](const boost::system::error_code& ec) {
    sweeping_ = false;
    if (ec) return;
    sweep(Clock::now());
    if (!sessions_.empty()) sweep_later();
  });
}

void SessionStore::end_all() {
  for (const auto& [id, session] : sessions_) session->end(SessionEnd::lost);
  forget_ended();
}

}  // namespace forkjail::server
