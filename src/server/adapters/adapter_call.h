// One request of an adapter that runs a script: the run, its line in the log, what is held until
// the answer is out, and the pace of refusals where nothing ran. The adapter reads the request
// before it, and gives the answer its form after it.
// Lives in the frame of the request's handler.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/run_answer.h"
#include "server/sessions/session.h"

namespace forkjail::server {

class AdapterCall {
 public:
  // `via`: the adapter's name in the log, a constant. The others outlive it.
  AdapterCall(http::Exchange& exchange, const ExecuteContext& context, std::string_view via);

  // Why no request is taken now; asked before the body is read. Counted.
  [[nodiscard]] std::optional<Refused> refuses_all();

  // What the client sent as its script, where the one that runs is another that runs it: the log is
  // about the client's. Before run().
  void note_source(std::string_view source);

  // In a cell of its own, or in a session. At most one of both, once. `events`: null if nobody
  // listens. All outlive the call.
  Task<RunResult> run(const ExecutionRequest& request, RunEvents* events);
  Task<SessionResult> run_in(Session& session, const ExecutionRequest& request, RunKind kind,
                             RunEvents* events);

  // Once, last: what the handler returns. Of a call that ran nothing, its refusal is logged.
  Task<http::Response> finish(http::Response response);

 private:
  void note(Finished& finished);
  void note(const Refused& refused);

  http::Exchange& exchange_;
  const ExecuteContext& context_;
  RequestEnd end_;
  bool has_source_ = false;  // it is noted
};

}  // namespace forkjail::server
