#include "server/compat/e2b_gate.h"

#include <algorithm>
#include <optional>

#include "server/callers/caller.h"

namespace forkjail::server {
namespace {

constexpr double kWaitMax = 3'600;

// A key that made a sandbox may have expired since, and its rate is for all that it does.
std::optional<http::Response> use_key(KeyHolder& holder, http::ErrorRenderer render) {
  const auto now = std::chrono::system_clock::now();
  if (holder.row.expires_at && now >= *holder.row.expires_at) {
    return http::error_response(401, "the key that made the sandbox has expired", render);
  }
  const auto wait = holder.bucket.take(holder.row.rate, Clock::now());
  if (wait.count() <= 0) {
    holder.account.note({.requests = 1}, now);
    return std::nullopt;
  }
  holder.account.note({.rate_limited = 1}, now);
  http::Response response = http::error_response(
      429, "too many requests with this key; send the request again later", render);
  response.retry_after_s = 1 + static_cast<std::uint32_t>(std::min(wait.count(), kWaitMax));
  return response;
}

}  // namespace

http::GateDecision E2bGate::admit(const http::RequestHead& head, const http::Route& route) {
  const bool is_to_sandbox = route.open && route.path.starts_with(kE2bBase);
  if (!door_.has_keys || !is_to_sandbox) return behind_.admit(head, route);
  const std::string_view id = head.headers[http::RequestHeader::e2b_sandbox_id];
  // Its handler says what is missing, or that the service is there.
  if (id.empty() && route.body == http::BodyUse::none) return nullptr;
  auto found = e2b_opened(head.headers, door_, route.errors);
  if (auto* const response = std::get_if<http::Response>(&found))
    return paced(std::move(*response));
  const std::shared_ptr<http::Caller> caller = std::get<std::shared_ptr<E2bSandbox>>(found)->caller;
  auto* const known = dynamic_cast<Caller*>(caller.get());
  KeyHolder* const holder = known == nullptr ? nullptr : known->holder();
  auto refusal = holder == nullptr ? std::nullopt : use_key(*holder, route.errors);
  if (refusal) return paced(*std::move(refusal));
  return caller;
}

http::Response E2bGate::paced(http::Response response) {
  const auto now = Clock::now();
  response.hold = std::chrono::ceil<std::chrono::milliseconds>(rate_.next(now) - now);
  return response;
}

}  // namespace forkjail::server
