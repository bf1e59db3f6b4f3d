// The sessions of this process: makes them, finds them by id, ends those that expired or have to
// give way. Remembers for a while why others are gone, so that their clients can be told.
//
// Owned by the service. Without sessions it costs nothing; with some, one timer.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "json/sip_hash.h"
#include "loop/loop.h"
#include "server/sessions/session.h"

namespace forkjail::server {

// There is no such session.
struct NoSession {
  SessionEnd why = SessionEnd::none;  // none: it never existed
  std::string instance;               // where it may be; empty: nowhere else
};

class SessionStore {
 public:
  struct Parts {
    Executor executor;
    const Runner& runner;
    HeldCells& cells;
    json::HashSecret hash_secret;
  };
  // All outlive the store.
  SessionStore(const Parts& parts, const SessionConfig& config);
  SessionStore(const SessionStore&) = delete;  // its timer points to it
  SessionStore& operator=(const SessionStore&) = delete;

  // A new one, or why there is none now. `owner`: the name of who asks; may be empty. Of one owner
  // there are at most `owner_max`. Its start counts as a run of `party`; null: nobody's.
  Task<std::variant<std::shared_ptr<Session>, Refused>> create(std::string owner,
                                                               const SessionLimits& limits,
                                                               Interruption& interruption,
                                                               std::uint32_t owner_max,
                                                               PartyPtr party = nullptr);
  // Only for its owner: for everybody else there is none.
  [[nodiscard]] std::variant<std::shared_ptr<Session>, NoSession> find(std::string_view id,
                                                                       std::string_view owner);
  void remove(Session& session);
  // Of one owner, the oldest first.
  [[nodiscard]] std::vector<std::shared_ptr<Session>> of(std::string_view owner) const;

  // Ends those whose time is over. Called by the store's timer.
  void sweep(Clock::time_point now);
  void end_all();

  [[nodiscard]] bool has_checkpoints() const { return parts_.cells.have_checkpoints(); }
  [[nodiscard]] std::size_t live() const { return sessions_.size(); }
  [[nodiscard]] std::size_t states() const;
  [[nodiscard]] const SessionCounts& counts() const { return counts_; }
  [[nodiscard]] const SessionConfig& config() const { return config_; }

 private:
  static constexpr std::size_t kRemembered = 1'000;

  // Under a secret, so that the time of a search tells nothing about ids.
  struct IdHash {
    using is_transparent = void;
    json::HashSecret secret;
    std::size_t operator()(std::string_view id) const;
  };
  struct Gone {
    SessionEnd why;
    std::string owner;
  };
  template <typename T>
  using ById = std::unordered_map<std::string, T, IdHash, std::equal_to<>>;

  [[nodiscard]] bool make_room(const std::string& owner);
  [[nodiscard]] Session* gives_way_to(const std::string& owner) const;
  void end(Session& session, SessionEnd why);
  void forget_ended();
  void remember(const Session& session);
  void count(SessionEnd why);
  void sweep_later();

  Parts parts_;
  SessionConfig config_;
  SessionCounts counts_;
  ById<std::shared_ptr<Session>> sessions_;
  ById<Gone> gone_;
  std::deque<std::string> gone_order_;
  std::multiset<std::string> starting_;  // owners of sessions that wait for their cell
  Timer sweep_timer_;
  bool sweeping_ = false;
};

}  // namespace forkjail::server
