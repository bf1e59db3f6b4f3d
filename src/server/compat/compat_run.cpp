#include "server/compat/compat_run.h"

#include <optional>
#include <utility>

#include "server/adapters/adapter_call.h"
#include "server/adapters/json_document.h"
#include "server/adapters/request_builder.h"

namespace forkjail::server {
namespace {

Task<http::Response> run_and_answer(http::Exchange& exchange, const CompatContext& context,
                                    AdapterCall& call, CompatRun& run) {
  if (const auto refused = call.refuses_all()) {
    std::string().swap(exchange.request.body);
    co_return run.refuse(*refused);
  }
  std::optional<Document> document = co_await read_document(exchange, context.execute);
  if (!document) co_return run.refuse(context.execute.runner.count(given_up()));
  if (const auto* error = std::get_if<RequestError>(&*document)) {
    co_return run.fail(error->status, error->message);
  }
  auto read =
      run.read(std::get<boost::json::value>(*document), maxima_of(exchange, context.execute));
  if (!run.source().empty()) call.note_source(run.source());
  document.reset();
  if (auto* const response = std::get_if<http::Response>(&read)) co_return std::move(*response);
  RunResult result = co_await call.run(std::get<ExecutionRequest>(read), run.events());
  if (const auto* refused = std::get_if<Refused>(&result)) co_return run.refuse(*refused);
  auto& finished = std::get<Finished>(result);
  if (const auto* lost = std::get_if<Lost>(&finished.outcome)) {
    co_return run.fail(lost->try_again ? 503 : 500, "the service lost this run: " + lost->why);
  }
  if (std::holds_alternative<Interrupted>(finished.outcome)) {
    co_return run.fail(503, "the service is shutting down; send the request again");
  }
  co_return run.answer(finished);
}

}  // namespace

http::Response CompatRun::refuse(const Refused& refused) {
  http::Response response = fail(status_of(refused.reason), refused.why);
  response.retry_after_s = refused.retry_after_s;
  return response;
}

std::variant<ExecutionRequest, http::Response> CompatRun::built(RequestBuilder& builder) {
  Decoded decoded = builder.finish();
  if (const auto* error = std::get_if<RequestError>(&decoded)) {
    return fail(error->status, error->message);
  }
  return std::get<ExecutionRequest>(std::move(decoded));
}

Task<http::Response> serve_run(http::Exchange& exchange, const CompatContext& context,
                               std::string_view via, CompatRun& run) {
  AdapterCall call(exchange, context.execute, via);
  http::Response response = co_await run_and_answer(exchange, context, call, run);
  co_return co_await call.finish(std::move(response));
}

http::Response json_response(std::string body, unsigned status) {
  http::Response response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

std::string version_of(const CompatContext& context, std::string_view package) {
  const auto& report = context.pool.zygote_report();
  if (!report) return {};
  for (const auto& [name, version] : report->versions) {
    if (name == package) return version;
  }
  return {};
}

}  // namespace forkjail::server
