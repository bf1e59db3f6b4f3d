#include "server/api/usage_handler.h"

#include <string>

#include "json/text.h"
#include "server/callers/caller.h"

namespace forkjail::server {
namespace {

std::string period_json(const Account::Period& period) {
  const KeyCounts& counts = period.counts;
  std::string json = "{";
  json::append_text_member(json, "since", utc_text(period.since));
  json::append_count_member(json, "requests", counts.requests);
  json::append_count_member(json, "runs_ok", counts.runs_ok);
  json::append_count_member(json, "runs_failed", counts.runs_failed);
  json::append_count_member(json, "refused", counts.refused);
  json::append_count_member(json, "rate_limited", counts.rate_limited);
  json::append_number_member(json, "cpu_seconds", counts.cpu_seconds);
  json::append_number_member(json, "memory_mb_seconds", counts.memory_mb_seconds);
  json::append_count_member(json, "answer_bytes", counts.answer_bytes);
  return json + "}";
}

http::Response usage_response(const http::Exchange& exchange) {
  KeyHolder* const holder = key_holder_of(exchange);
  if (holder == nullptr) {
    return http::error_response(404,
                                "this service runs without keys, so it keeps no account of who "
                                "used it; GET /metrics has the sums");
  }
  const auto now = std::chrono::system_clock::now();
  http::Response response;
  response.body = "{";
  json::append_key(response.body, "name");
  json::append_string(response.body, holder->row.name);
  json::append_key(response.body, "hour");
  response.body += period_json(holder->account.hour(now));
  json::append_key(response.body, "day");
  response.body += period_json(holder->account.day(now)) + "}";
  return response;
}

}  // namespace

http::Route usage_route() {
  return {.path = "/usage", .handler = [](http::Exchange& exchange) -> Task<http::Response> {
            co_return usage_response(exchange);
          }};
}

}  // namespace forkjail::server
