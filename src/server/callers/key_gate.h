// With --keys: a request comes in with a key, at the key's rate, or is answered before its body is
// read. The key stands in Authorization or X-API-Key and nowhere else: a URL ends in the logs of
// proxies and browsers. No answer and no counter holds a key, or a part of one.
#pragma once

#include <array>
#include <string_view>

#include "http/gate.h"
#include "server/admission/refusal_pace.h"
#include "server/callers/key_ring.h"
#include "server/observe/key_counts.h"

namespace forkjail::server {

class KeyGate final : public http::Gate {
 public:
  explicit KeyGate(KeyRing& ring) : ring_(ring) {}

  // Of all that a gate refuses. Guesses cost those who guess: beyond the rate each waits for its
  // answer.
  static constexpr RefusalTerms kPace{
      .per_second = 100, .burst = 50, .hold_max = std::chrono::milliseconds(2'000)};

  http::GateDecision admit(const http::RequestHead& head, const http::Route& route) override;

  [[nodiscard]] const std::array<std::uint64_t, kKeyRefusals.size()>& refusals() const {
    return refusals_;
  }

 private:
  http::Response refuse(KeyRefusal why, http::ErrorRenderer errors);
  http::Response refuse_rate(const Rate& rate, double wait_s, http::ErrorRenderer errors);

  void pace(http::Response& response);

  KeyRing& ring_;
  RefusalRate rate_{kPace};
  std::array<std::uint64_t, kKeyRefusals.size()> refusals_{};
};

// The key of a request; empty: there is none. `twice`: there are two. Pure.
struct SentKey {
  std::string_view key;
  bool twice = false;
};
[[nodiscard]] SentKey sent_key(const http::RequestHeaders& headers);
// Whether a query has a member that is named as keys are. Pure.
[[nodiscard]] bool has_key_in_query(std::string_view target);

}  // namespace forkjail::server
