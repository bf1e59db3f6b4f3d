// What the endpoints of E2B's clients share: where their parts are, the forms of errors, and the
// sandbox that a request is for.
//
// Two kinds of requests come in. Those to the control plane name the sandbox in the path and send a
// key. Those to a sandbox name it in a header, and send the token that it was made with; what they
// do is done on behalf of the key that made it (e2b_gate.h).
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "server/adapters/member_reader.h"
#include "server/adapters/request_builder.h"
#include "server/api/session_handlers.h"
#include "server/compat/e2b_sandboxes.h"

namespace forkjail::server {

inline constexpr std::string_view kE2bBase = "/compat/e2b";

struct E2bDoor {
  const SessionContext& in_sessions;
  E2bSandboxes& sandboxes;
  bool has_keys;

  [[nodiscard]] const ExecuteContext& execute() const { return in_sessions.execute; }
};

// {"code": 404, "message": "..."}: of the control plane and of files.
void e2b_error(http::Response& response, std::string_view message);
// Plain text: of runs and contexts, whose clients show it as it comes.
void e2b_text_error(http::Response& response, std::string_view message);

[[nodiscard]] http::Response e2b_refused(const Refused& refused, http::ErrorRenderer render);
// An answer of the session's own endpoints, an error in E2B's form.
[[nodiscard]] http::Response in_e2b_form(http::Response response);

using E2bFound = std::variant<std::shared_ptr<E2bSandbox>, http::Response>;
// The sandbox that the path names, for its owner.
[[nodiscard]] E2bFound e2b_named(const http::Exchange& exchange, const E2bDoor& door);
// The sandbox that the header names, opened by its token. One that is paused is as one that is
// gone.
[[nodiscard]] E2bFound e2b_opened(const http::RequestHeaders& headers, const E2bDoor& door,
                                  http::ErrorRenderer render);

// The environment that the member `name` of a request holds. What is wrong is noted in either.
void add_e2b_variables(RequestBuilder& builder, MemberReader& members, std::string_view name);

// A session with these variables, or the answer if there is none now. All outlive the call.
Task<SessionOrAnswer> make_e2b_session(http::Exchange& exchange, const E2bDoor& door,
                                       std::string env_block);

}  // namespace forkjail::server
