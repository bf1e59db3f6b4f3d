#include "server/adapters/adapter_call.h"

#include <utility>
#include <variant>

namespace forkjail::server {

AdapterCall::AdapterCall(http::Exchange& exchange, const ExecuteContext& context,
                         std::string_view via)
    : exchange_(exchange), context_(context) {
  end_.entry.kind = "refused";
  end_.entry.reason = kFaultyRequest;
  end_.entry.via = via;
}

std::optional<Refused> AdapterCall::refuses_all() {
  auto refused = context_.runner.refuses_all(party_of(exchange_));
  if (refused) note(*refused);
  return refused;
}

void AdapterCall::note_source(std::string_view source) {
  note_script(source, context_, end_.entry);
  has_source_ = true;
}

Task<RunResult> AdapterCall::run(const ExecutionRequest& request, RunEvents* events) {
  if (!has_source_) note_script(request.script, context_, end_.entry);
  RunResult result =
      co_await context_.runner.run(request, exchange_.interruption, events, arrival_of(exchange_));
  if (auto* const finished = std::get_if<Finished>(&result)) note(*finished);
  if (const auto* const refused = std::get_if<Refused>(&result)) note(*refused);
  co_return result;
}

Task<SessionResult> AdapterCall::run_in(Session& session, const ExecutionRequest& request,
                                        RunKind kind, RunEvents* events) {
  note_script(request.script, context_, end_.entry);
  SessionResult result =
      co_await session.run(request, kind, exchange_.interruption, events, arrival_of(exchange_));
  if (auto* const ran = std::get_if<SessionRun>(&result)) note(ran->run);
  if (const auto* const refused = std::get_if<Refused>(&result)) note(*refused);
  co_return result;
}

void AdapterCall::note(Finished& finished) {
  end_.entry.reason = {};
  note_outcome(finished, end_.entry);
  end_.held = std::move(finished.held);
}

void AdapterCall::note(const Refused& refused) { end_.entry.reason = name_of(refused.reason); }

Task<http::Response> AdapterCall::finish(http::Response response) {
  co_await finish_request(response, end_, exchange_, context_);
  co_return response;
}

}  // namespace forkjail::server
