// The sandboxes of E2B's clients: which sessions they are made of, the token that opens each, and
// when they end. A sandbox is a session, its default context; each further context is one more.
//
// Owned by the service. Without sandboxes it costs nothing; with some, one timer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/gate.h"
#include "json/sip_hash.h"
#include "loop/loop.h"
#include "server/sessions/session_store.h"

namespace forkjail::server {

struct E2bContext {
  std::string id;
  std::shared_ptr<Session> session;
  std::uint32_t executions = 0;
  bool is_due = false;  // its session was ended, and another one is to take its place
};

struct E2bSandbox {
  std::string id;
  std::string token;
  std::string template_id;
  std::string metadata_json;             // an object
  std::string env_block;                 // of each of its sessions
  std::shared_ptr<http::Caller> caller;  // who made it, and on whose behalf it runs; may be null
  std::vector<std::shared_ptr<E2bContext>> contexts;  // the first is the default one
  std::size_t starting = 0;                           // contexts that wait for their session
  WallClock::time_point started_at = WallClock::now();
  Clock::time_point started = Clock::now();
  Clock::time_point ends_at;
  bool paused = false;  // takes no runs until a client connects to it
  bool ended = false;

  [[nodiscard]] E2bContext& default_context() const { return *contexts.front(); }
  // Null: there is none.
  [[nodiscard]] std::shared_ptr<E2bContext> context(std::string_view context_id) const;
};

class E2bSandboxes {
 public:
  static constexpr std::size_t kContextsMax = 16;  // of one sandbox

  // `store` outlives it.
  E2bSandboxes(const Executor& executor, SessionStore& store, const json::HashSecret& secret);
  E2bSandboxes(const E2bSandboxes&) = delete;  // its timer points to it
  E2bSandboxes& operator=(const E2bSandboxes&) = delete;

  void add(std::shared_ptr<E2bSandbox> sandbox);
  // Null: there is none, or its time is over.
  [[nodiscard]] std::shared_ptr<E2bSandbox> find(std::string_view id);
  // With all its sessions.
  void remove(E2bSandbox& sandbox);
  // Of one caller, the oldest first. Of nobody in particular none are told: an id is all that it
  // takes to use one then.
  [[nodiscard]] std::vector<std::shared_ptr<E2bSandbox>> of(std::string_view owner);
  // It ends so long after now, at the latest with the life of its sessions.
  void set_timeout(E2bSandbox& sandbox, std::chrono::seconds timeout) const;
  // Its timeout counts no more. Its sessions stay as they are: they cost nothing while nothing is
  // asked of them, and end when that was so for too long.
  void pause(E2bSandbox& sandbox) const;
  // It ends so long after now, but not earlier than it would have if it ran.
  void connect(E2bSandbox& sandbox, std::chrono::seconds timeout) const;

  [[nodiscard]] SessionStore& store() { return store_; }
  [[nodiscard]] std::size_t live() const { return sandboxes_.size(); }
  // Ends those whose time is over, and forgets those whose sessions are gone. Called by the timer.
  void sweep(Clock::time_point now);

 private:
  struct IdHash {
    using is_transparent = void;
    json::HashSecret secret;
    std::size_t operator()(std::string_view id) const;
  };

  [[nodiscard]] Clock::time_point end_of_life(const E2bSandbox& sandbox) const;
  void sweep_later();

  SessionStore& store_;
  std::unordered_map<std::string, std::shared_ptr<E2bSandbox>, IdHash, std::equal_to<>> sandboxes_;
  Timer timer_;
  bool sweeping_ = false;
};

}  // namespace forkjail::server
