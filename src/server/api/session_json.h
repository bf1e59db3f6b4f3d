// Sessions in the answers of the API: their description, and why one is not there. Pure but for the
// clock's reading.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"
#include "server/sessions/session.h"
#include "server/sessions/session_store.h"

namespace forkjail::server {

// {"session": ..., "head": ..., "states": [...], ...}; `short_form`: without the states.
[[nodiscard]] std::string session_json(const Session& session, bool short_form = false);

// "2026-11-28T21:00:00Z"
[[nodiscard]] std::string time_text(WallClock::time_point time);

// 404 with a kind and what to do, or 421 where another instance may have it.
[[nodiscard]] http::Response no_session(const NoSession& none, http::ErrorRenderer render);
// Of a session that has ended meanwhile.
[[nodiscard]] http::Response no_session(SessionEnd why, http::ErrorRenderer render);
// 404 or 409.
[[nodiscard]] http::Response session_refusal(SessionRefusal refusal, const Session& session,
                                             http::ErrorRenderer render);

// An error with the member `kind`, which is a header too.
[[nodiscard]] http::Response error_of_kind(unsigned status, std::string_view message,
                                           std::string_view kind, http::ErrorRenderer render);

}  // namespace forkjail::server
