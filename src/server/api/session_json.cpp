#include "server/api/session_json.h"

#include <array>
#include <ctime>

#include "base/enum_rows.h"
#include "http/error_kind.h"
#include "json/text.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kInstanceHeader = "Forkjail-Instance";

struct EndRow {
  SessionEnd why;
  std::string_view kind;
  std::string_view message;
};
constexpr std::array kEnds{
    EndRow{SessionEnd::none, "session_unknown",
           "there is no such session; make one with POST /sessions"},
    EndRow{SessionEnd::deleted, "session_unknown",
           "the session was deleted; make a new one with POST /sessions"},
    EndRow{SessionEnd::expired, "session_expired",
           "the session has expired and its state is gone; make a new one with POST /sessions"},
    EndRow{SessionEnd::evicted, "session_evicted",
           "the session had to give way to another one and its state is gone; make a new one with "
           "POST /sessions"},
    EndRow{SessionEnd::lost, "session_lost",
           "the session's process was killed with nothing left to go back to; make a new one with "
           "POST /sessions"},
};
static_assert(rows_in_order(kEnds, &EndRow::why));

void append_states(std::string& json, const StateTree& states) {
  json::append_key(json, "states");
  json += "[";
  for (const auto& [id, state] : states.states()) {
    if (json.back() != '[') json += ",";
    json += "{";
    json::append_text_member(json, "state", name_of_state(id));
    json::append_key(json, "parent");
    if (state.parent == 0) {
      json += "null";
    } else {
      json::append_string(json, name_of_state(state.parent));
    }
    json::append_text_member(json, "created_at", time_text(state.created_at));
    json += "}";
  }
  json += "]";
}

WallClock::time_point wall_time_of(Clock::time_point time) {
  return WallClock::now() + std::chrono::duration_cast<WallClock::duration>(time - Clock::now());
}

void append_limits(std::string& json, const SessionLimits& limits) {
  json::append_key(json, "limits");
  json += "{";
  json::append_number_member(json, "memory_mb", static_cast<double>(limits.memory_bytes) / kMiB);
  json::append_number_member(json, "idle_s",
                             std::chrono::duration<double>(limits.idle_time).count());
  json::append_number_member(json, "life_s",
                             std::chrono::duration<double>(limits.life_time).count());
  json += "}";
}

}  // namespace

std::string time_text(WallClock::time_point time) {
  const std::time_t seconds = WallClock::to_time_t(time);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

std::string session_json(const Session& session, bool short_form) {
  const std::string head = name_of_state(session.states().head());
  std::string json = "{";
  json::append_text_member(json, "session", session.id());
  json::append_text_member(json, "state", head);
  json::append_text_member(json, "head", head);
  json::append_text_member(json, "created_at", time_text(session.created_at()));
  json::append_text_member(json, "expires_at", time_text(wall_time_of(session.expires_at())));
  json::append_number_member(json, "memory_mb", static_cast<double>(session.memory_bytes()) / kMiB);
  append_limits(json, session.limits());
  json::append_key(json, "checkpoints");
  json += session.has_checkpoints() ? "true" : "false";
  json::append_key(json, "busy");
  json += session.busy() ? "true" : "false";
  if (!short_form) append_states(json, session.states());
  return json + "}";
}

http::Response error_of_kind(unsigned status, std::string_view message, std::string_view kind,
                             http::ErrorRenderer render) {
  http::Response response = http::error_response(status, message, render);
  response.body.pop_back();
  json::append_text_member(response.body, "kind", kind);
  response.body += "}";
  http::set_kind(response, kind);
  return response;
}

http::Response no_session(SessionEnd why, http::ErrorRenderer render) {
  const EndRow& row = kEnds.at(static_cast<std::size_t>(why));
  return error_of_kind(404, row.message, row.kind, render);
}

http::Response no_session(const NoSession& none, http::ErrorRenderer render) {
  if (none.instance.empty()) return no_session(none.why, render);
  http::Response response =
      error_of_kind(421, "the session is on instance " + none.instance + "; send the request there",
                    "session_elsewhere", render);
  response.headers.push_back({kInstanceHeader, none.instance});
  return response;
}

http::Response session_refusal(SessionRefusal refusal, const Session& session,
                               http::ErrorRenderer render) {
  switch (refusal) {
    case SessionRefusal::ended:
      return no_session(session.ended(), render);
    case SessionRefusal::unknown_state:
      return error_of_kind(404,
                           "from: the session has no such state; GET /sessions/{id} lists those "
                           "that are kept",
                           "state_unknown", render);
    case SessionRefusal::lost_state:
      return error_of_kind(
          409,
          "the state to start from is lost: its processes were ended, as memory was short "
          "or they did not come to rest after their answer; the session is at " +
              name_of_state(session.states().head()) + " now",
          "state_lost", render);
    case SessionRefusal::no_checkpoints:
      return error_of_kind(409,
                           "this service keeps no states of sessions to go back to: leave out from "
                           "and on_error (docs/sessions.md)",
                           "no_checkpoints", render);
    case SessionRefusal::busy:
      break;
  }
  http::Response response =
      error_of_kind(409, "too many requests wait for this session; send the request again later",
                    "session_busy", render);
  response.retry_after_s = 1;
  return response;
}

}  // namespace forkjail::server
