#include "server/compat/dify.h"

#include <boost/json/value.hpp>

#include "server/adapters/member_reader.h"
#include "server/compat/object_text.h"
#include "server/compat/process_end.h"
#include "server/compat/program.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kName = "dify";
constexpr std::string_view kPythonOnly =
    "this sandbox runs Python only: nodes in JavaScript need the original dify-sandbox";
constexpr std::string_view kFixedPackages =
    "packages are part of the sandbox's image and are not installed while it runs";

std::string envelope(int code, std::string_view message, std::string_view data) {
  return ObjectText().integer("code", code).text("message", message).json("data", data).take();
}

// Dify tells its user the message of a 200; of any other status but 503 it tells the number.
std::string error_body(unsigned status, std::string_view message) {
  return envelope(-static_cast<int>(status), message, "null");
}

void dify_error(http::Response& response, std::string_view message) {
  response.body += error_body(response.status, message);
}

http::Response success(std::string_view data) {
  return json_response(envelope(0, "success", data));
}

// "language" of a query; Dify knows only Python to have packages.
bool asks_for_python(std::string_view query) {
  constexpr std::string_view kField = "language=";
  const auto at = query.find(kField);
  if (at == std::string_view::npos) return true;
  const std::string_view value = query.substr(at + kField.size());
  return value.substr(0, value.find('&')) == "python3";
}

http::Response packages(const CompatContext& context, const http::Exchange& exchange) {
  if (!asks_for_python(exchange.request.query)) {
    return json_response(error_body(400, "unsupported language"), 400);
  }
  std::string list = "[";
  if (const auto& report = context.pool.zygote_report()) {
    for (const auto& [name, version] : report->versions) {
      if (name == "python") continue;
      if (list.size() > 1) list += ',';
      list += ObjectText().text("name", name).text("version", version).take();
    }
  }
  return success(ObjectText().json("dependencies", list + "]").take());
}

class DifyRun final : public CompatRun {
 public:
  DifyRun(const http::Exchange& /*exchange*/, const CompatContext& /*context*/) {}

  std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                      const RunLimits& maxima) override {
    MemberReader members(document);
    const std::string_view language = members.needed_text("language");
    const std::string_view code = members.needed_text("code");
    if (const auto& problem = members.problem()) return fail(problem->status, problem->message);
    if (language == "nodejs") return fail(400, kPythonOnly);
    if (language != "python3") return json_response(error_body(400, "unsupported language"), 400);
    source_ = code;
    RequestBuilder builder(maxima);
    add_program(builder, {.source = code, .name = "code"});
    builder.advise_without_fields();
    return built(builder);
  }

  http::Response answer(Finished& run) override {
    const ProcessEnd end = process_end(run);
    const CapturedText& out = run.report.output.out;
    return success(ObjectText()
                       .text("stdout", out.bytes)
                       .text("stderr", end.err)
                       .text("error", error_of(run, end))
                       .integer("exit_code", end.exit_code)
                       .take());
  }

  http::Response fail(unsigned status, std::string_view why) override {
    // Of what the service is at fault for, Dify tells its user that it is unavailable.
    return json_response(error_body(status, why), status >= 500 ? 503 : 200);
  }

 private:
  // Dify takes a run for failed if this is not empty.
  static std::string error_of(const Finished& run, const ProcessEnd& end) {
    if (end.exit_code != 0) {
      std::string text = "process exited with code " + std::to_string(end.exit_code) + "\n";
      text += end.err;
      if (end.cause == EndCause::exited) return text;
      if (!text.ends_with('\n')) text += '\n';
      return text + "error: " + end.why + "\n";
    }
    // Without its end a result cannot be read.
    return run.report.output.out.truncated ? "error: more was printed than the output limit allows"
                                           : "";
  }
};

}  // namespace

std::vector<http::Route> dify_routes(const CompatContext& context) {
  const auto list = [&context](const http::Exchange& exchange) {
    return packages(context, exchange);
  };
  std::vector<http::Route> routes{
      run_route<DifyRun>("/compat/dify/v1/sandbox/run", kName, dify_error, context),
      fact_route("/compat/dify/v1/sandbox/dependencies", dify_error, list),
      fact_route("/compat/dify/v1/sandbox/dependencies/refresh", dify_error, list),
      fact_route(
          "/compat/dify/v1/sandbox/dependencies/update", dify_error,
          [](const http::Exchange&) { return json_response(error_body(400, kFixedPackages)); }),
      fact_route(
          "/compat/dify/health", dify_error,
          [](const http::Exchange&) { return json_response("\"ok\""); }, true),
  };
  routes.at(3).method = http::Method::post;
  return routes;
}

}  // namespace forkjail::server
