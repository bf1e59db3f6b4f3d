#include "server/api/usage_handler.h"

#include <string>

#include "json/text.h"
#include "server/callers/caller.h"

namespace forkjail::server {
namespace {

void append_number(std::string& json, std::string_view name, double number) {
  json::append_key(json, name);
  json::append_number(json, number);
}

template <typename Integer>
void append_count(std::string& json, std::string_view name, Integer count) {
  json::append_key(json, name);
  json += std::to_string(count);
}

std::string period_json(const Account::Period& period) {
  const KeyCounts& counts = period.counts;
  std::string json = "{";
  json::append_key(json, "since");
  json::append_string(json, utc_text(period.since));
  append_count(json, "requests", counts.requests);
  append_count(json, "runs_ok", counts.runs_ok);
  append_count(json, "runs_failed", counts.runs_failed);
  append_count(json, "refused", counts.refused);
  append_count(json, "rate_limited", counts.rate_limited);
  append_number(json, "cpu_seconds", counts.cpu_seconds);
  append_number(json, "memory_mb_seconds", counts.memory_mb_seconds);
  append_count(json, "answer_bytes", counts.answer_bytes);
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
