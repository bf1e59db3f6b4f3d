// /files of a sandbox, as E2B's clients read and write them: those of its default context.
#pragma once

#include <string>

#include "http/message.h"
#include "loop/loop.h"
#include "server/compat/e2b_door.h"

namespace forkjail::server {

// `door` outlives the calls.
Task<http::Response> read_e2b_file(http::Exchange& exchange, const E2bDoor& door);
Task<http::Response> write_e2b_files(http::Exchange& exchange, const E2bDoor& door);

// The default context's session, for the calls of a session's own endpoints; or the answer.
Task<SessionOrAnswer> e2b_session_with_files(http::Exchange& exchange, const E2bDoor& door);
// As if the request's path had named the session and this file.
void name_e2b_file(http::Exchange& exchange, const Session& session, std::string path);

}  // namespace forkjail::server
