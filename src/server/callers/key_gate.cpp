#include "server/callers/key_gate.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "http/error_kind.h"
#include "http/field_text.h"

namespace forkjail::server {
namespace {

using http::RequestHeader;

constexpr std::array<std::string_view, 10> kKeyNames{
    "key",          "api_key",   "api-key", "apikey",        "token",
    "access_token", "x-api-key", "auth",    "authorization", "access-token"};

constexpr std::size_t kKeyBytesMax = 512;  // longer ones are not even hashed

struct RefusalText {
  KeyRefusal refusal;
  unsigned status;
  std::string_view kind;
  std::string_view message;
  std::string_view challenge;
};
constexpr std::array kTexts{
    RefusalText{KeyRefusal::missing, 401, "key_missing",
                "this service needs a key: send Authorization: Bearer KEY, or X-API-Key: KEY",
                "Bearer"},
    RefusalText{KeyRefusal::wrong, 401, "key_unknown", "unknown key",
                "Bearer error=\"invalid_token\""},
    RefusalText{KeyRefusal::expired, 401, "key_expired", "the key has expired",
                "Bearer error=\"invalid_token\""},
    RefusalText{KeyRefusal::in_url,
                400,
                "key_in_url",
                "a key must not be in the URL, which others log; send it in a header, and "
                "replace it if it was a real one",
                {}},
    RefusalText{KeyRefusal::twice,
                400,
                "key_twice",
                "send the key once: in Authorization or in X-API-Key",
                {}},
};

// Of "Bearer KEY", or of "KEY" alone, as clients of Piston send it.
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  const bool is_one_word = authorization.find(' ') == std::string_view::npos;
  if (is_one_word && !http::equal_ignoring_case(authorization, "bearer")) return authorization;
  if (!http::starts_ignoring_case(authorization, kScheme)) return {};
  authorization.remove_prefix(kScheme.size());
  while (authorization.starts_with(' ')) authorization.remove_prefix(1);
  return authorization;
}

}  // namespace

SentKey sent_key(const http::RequestHeaders& headers) {
  const std::string_view token = bearer_token(headers[RequestHeader::authorization]);
  const std::string_view key = headers[RequestHeader::api_key];
  return {token.empty() ? key : token, !token.empty() && !key.empty()};
}

bool has_key_in_query(std::string_view target) {
  const auto start = target.find('?');
  std::string_view rest = start == std::string_view::npos ? "" : target.substr(start + 1);
  while (!rest.empty()) {
    const auto end = rest.find_first_of("&;#");
    const std::string_view name = rest.substr(0, end).substr(0, rest.substr(0, end).find('='));
    if (std::ranges::any_of(kKeyNames,
                            [&](auto each) { return http::equal_ignoring_case(name, each); })) {
      return true;
    }
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  return false;
}

http::GateDecision KeyGate::admit(const http::RequestHead& head, const http::Route& route) {
  if (route.open) return nullptr;
  if (has_key_in_query(head.target)) return refuse(KeyRefusal::in_url, route.errors);
  const auto [key, twice] = sent_key(head.headers);
  if (twice) return refuse(KeyRefusal::twice, route.errors);
  if (key.empty()) return refuse(KeyRefusal::missing, route.errors);
  auto caller = key.size() > kKeyBytesMax ? nullptr : ring_.find(key);
  if (caller == nullptr) return refuse(KeyRefusal::wrong, route.errors);
  KeyHolder& holder = *caller->holder();
  const auto now = std::chrono::system_clock::now();
  if (holder.row.expires_at && now >= *holder.row.expires_at) {
    return refuse(KeyRefusal::expired, route.errors);
  }
  const auto wait = holder.bucket.take(holder.row.rate, Clock::now());
  if (wait.count() > 0) {
    holder.account.note({.rate_limited = 1}, now);
    return refuse_rate(holder.row.rate, wait.count(), route.errors);
  }
  holder.account.note({.requests = 1}, now);
  return caller;
}

http::Response KeyGate::refuse(KeyRefusal why, http::ErrorRenderer errors) {
  ++refusals_.at(static_cast<std::size_t>(why));
  const auto& text = *std::ranges::find(kTexts, why, &RefusalText::refusal);
  http::Response response = http::error_response(text.status, text.message, errors);
  http::set_kind(response, text.kind);
  if (!text.challenge.empty()) {
    response.headers.push_back({"WWW-Authenticate", std::string(text.challenge)});
  }
  pace(response);
  return response;
}

void KeyGate::pace(http::Response& response) {
  const auto now = Clock::now();
  response.hold = std::chrono::ceil<std::chrono::milliseconds>(rate_.next(now) - now);
}

// The fields of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left of it.
http::Response KeyGate::refuse_rate(const Rate& rate, double wait_s, http::ErrorRenderer errors) {
  ++refusals_.at(static_cast<std::size_t>(KeyRefusal::rate));
  http::Response response = http::error_response(
      429, "too many requests with this key; send the request again later", errors);
  http::set_kind(response, "rate_limited");
  const auto seconds = [](double s) { return static_cast<std::uint32_t>(std::ceil(s)); };
  const std::uint32_t wait = std::max(1U, seconds(std::min(wait_s, 3'600.0)));
  const auto quota = static_cast<std::uint64_t>(rate.burst);
  const std::uint32_t window = std::max(1U, seconds(rate.burst / rate.per_s));
  response.retry_after_s = wait;
  response.headers.push_back({"RateLimit-Policy", "\"requests\";q=" + std::to_string(quota) +
                                                      ";w=" + std::to_string(window)});
  response.headers.push_back({"RateLimit", "\"requests\";r=0;t=" + std::to_string(wait)});
  pace(response);
  return response;
}

}  // namespace forkjail::server
