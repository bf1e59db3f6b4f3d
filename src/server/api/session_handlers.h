// The endpoints of sessions but those of files: /sessions, /sessions/{id} and what runs there.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/run_answer.h"
#include "server/sessions/session_store.h"

namespace forkjail::server {

// What is run where a request only has files or variables.
inline constexpr std::string_view kSetUpScript = "pass\n";

struct SessionContext {
  const ExecuteContext& execute;
  SessionStore& store;
  std::size_t file_bytes_max;  // of one file, in or out
};

// `context` outlives the calls.
Task<http::Response> create_session(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> execute_in_session(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> list_sessions(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> describe_session(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> interrupt_session(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> delete_session(http::Exchange& exchange, const SessionContext& context);

using SessionOrAnswer = std::variant<std::shared_ptr<Session>, http::Response>;

// The session that the path, or `id`, names, for this caller; else the answer.
[[nodiscard]] SessionOrAnswer session_of(const http::Exchange& exchange,
                                         const SessionContext& context, http::ErrorRenderer render);
[[nodiscard]] SessionOrAnswer session_of(const http::Exchange& exchange,
                                         const SessionContext& context, std::string_view id,
                                         http::ErrorRenderer render);

// A new session with the limits, files and variables of `request`, for this caller. All outlive the
// call.
Task<SessionOrAnswer> open_session(http::Exchange& exchange, const SessionContext& context,
                                   ExecutionRequest& request, http::ErrorRenderer render);

}  // namespace forkjail::server
