// A request of another system's client that runs a script: what all systems share on the way, and
// what each of them brings. A system's file has a class of its own for it, and its routes.
#pragma once

#include <memory>
#include <string_view>
#include <variant>

#include "http/message.h"
#include "http/router.h"
#include "loop/loop.h"
#include "server/adapters/request_builder.h"
#include "server/api/run_answer.h"
#include "server/cells/cell_pool.h"
#include "server/compat/file_store.h"
#include "server/runner/runner.h"

namespace boost::json {
class value;
}

namespace forkjail::server {

class RequestBuilder;

struct CompatContext {
  const ExecuteContext& execute;
  const CellPool& pool;  // for the versions of what scripts find
  FileStore& files;
};

class CompatRun {
 public:
  CompatRun() = default;
  CompatRun(const CompatRun&) = delete;
  CompatRun& operator=(const CompatRun&) = delete;
  virtual ~CompatRun() = default;

  // The request to run, or the answer to one that is not run.
  virtual std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                              const RunLimits& maxima) = 0;
  // Who is told what happens while it runs; null: nobody.
  virtual RunEvents* events() { return nullptr; }
  // Of a run that returned or failed.
  virtual http::Response answer(Finished& run) = 0;
  // A request that is wrong (4xx), or that the service could not serve (5xx).
  virtual http::Response fail(unsigned status, std::string_view why) = 0;
  // The service has no room: 503 or 429.
  virtual http::Response refuse(const Refused& refused);

  // What the client sent as its script, in the document that was read; empty: the request has it.
  [[nodiscard]] std::string_view source() const { return source_; }

 protected:
  // What read() returns of a request whose parts are all there.
  [[nodiscard]] std::variant<ExecutionRequest, http::Response> built(RequestBuilder& builder);

  std::string_view source_;
};

// `via`: the system's name in the log, a constant. All outlive the call.
Task<http::Response> serve_run(http::Exchange& exchange, const CompatContext& context,
                               std::string_view via, CompatRun& run);

// A route that runs scripts: `Run` is its system's CompatRun, made of the exchange and the context.
template <typename Run>
[[nodiscard]] http::Route run_route(std::string_view path, std::string_view via,
                                    http::ErrorRenderer errors, const CompatContext& context) {
  return {.method = http::Method::post,
          .path = path,
          .body = http::BodyUse::json,
          .errors = errors,
          .handler = [&context, via](http::Exchange& exchange) -> Task<http::Response> {
            Run run(exchange, context);
            co_return co_await serve_run(exchange, context, via, run);
          },
          .has_request_id = true};
}

// A route that answers at once.
template <typename Answer>
[[nodiscard]] http::Route fact_route(std::string_view path, http::ErrorRenderer errors,
                                     Answer answer, bool open = false) {
  return {.path = path,
          .errors = errors,
          .handler = [answer](http::Exchange& exchange) -> Task<http::Response> {
            co_return answer(exchange);
          },
          .open = open};
}

[[nodiscard]] http::Response json_response(std::string body, unsigned status = 200);

// "3.12.4" for "python"; empty until a zygote has reported.
[[nodiscard]] std::string version_of(const CompatContext& context, std::string_view package);

}  // namespace forkjail::server
