#include "server/api/execute_handler.h"

#include <optional>
#include <utility>

#include "server/api/event_stream.h"

namespace forkjail::server {
namespace {

Task<http::Response> execute(http::Exchange& exchange, const ExecuteContext& context,
                             RequestEnd& end) {
  const RequestTerms terms{.form = RequestForm::execute, .maxima = maxima_of(exchange, context)};
  auto read = co_await read_request(exchange, context, terms, end.entry);
  if (auto* const response = std::get_if<http::Response>(&read)) co_return std::move(*response);
  auto& request = std::get<ExecutionRequest>(read);

  std::optional<EventStream> events;
  if (wants_events(exchange.request)) {
    events.emplace(exchange.stream, context.executor);
    request.as_events = true;
  }
  RunResult result = co_await context.runner.run(request, exchange.interruption,
                                                 events ? &*events : nullptr, arrival_of(exchange));
  if (const auto* refused = std::get_if<Refused>(&result)) co_return answer_of(*refused, end.entry);
  auto& finished = std::get<Finished>(result);
  end.held = std::move(finished.held);
  http::Response response = answer_of(request, finished, context, end.entry);
  co_await add_files(response, request, finished, context, exchange.interruption);
  if (events) co_return events->finish(std::move(response), finished.report.output);
  co_return response;
}

}  // namespace

Task<http::Response> handle_execute(http::Exchange& exchange, const ExecuteContext& context) {
  RequestEnd end;
  end.entry.kind = "refused";
  http::Response response = co_await execute(exchange, context, end);
  co_await finish_request(response, end, exchange, context);
  co_return response;
}

}  // namespace forkjail::server
