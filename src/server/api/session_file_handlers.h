// The working directory of a session: /sessions/{id}/files and the files below it, as raw bytes.
// Each call is a run of its own in the session, with the rights of its scripts.
#pragma once

#include <string>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/session_handlers.h"

namespace forkjail::server {

// What a call to a session's files asks of its cell. `path`: from the working directory, checked.
[[nodiscard]] ExecutionRequest file_call(const Session& session, const SessionContext& context,
                                         protocol::RunMode mode, std::string path);

// `context` outlives the calls.
Task<http::Response> list_session_files(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> get_session_file(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> put_session_file(http::Exchange& exchange, const SessionContext& context);
Task<http::Response> delete_session_file(http::Exchange& exchange, const SessionContext& context);

}  // namespace forkjail::server
