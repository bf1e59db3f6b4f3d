#include "server/compat/fastgpt.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "server/adapters/member_reader.h"
#include "server/compat/object_text.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kName = "fastgpt";
constexpr std::string_view kPythonOnly =
    "this sandbox runs Python only: nodes in JavaScript need FastGPT's own sandbox";

// Calls the node's main() by the names of its parameters, as FastGPT does, with the variables and
// FastGPT's own functions among the node's global names. Its own code has another name than
// script.py, or its lines would be taken for the node's.
constexpr std::string_view kCallsMain = R"python(exec(compile(r'''
def count_token(text):
    return -(-len(str(text)) // 4)

def str_to_base64(text, prefix=""):
    import base64
    return prefix + base64.b64encode(text.encode()).decode()

def create_hmac(algorithm, secret):
    import base64, hmac, time, urllib.parse
    stamp = str(int(time.time() * 1000))
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), algorithm).digest()
    return {"timestamp": stamp, "sign": urllib.parse.quote(base64.b64encode(digest))}

def delay(ms):
    import time
    if ms > 10_000:
        raise ValueError("delay() takes at most 10000 ms")
    time.sleep(ms / 1000)

def http_request(*args, **kwargs):
    raise RuntimeError("this sandbox has no network: fetch data in a node before this one")

class SystemHelper:
    http_request = httpRequest = staticmethod(http_request)

def main(source, variables):
    import inspect, json, linecache, math, time
    scope = globals()
    del scope["main"]
    scope.update(json=json, math=math, time=time, variables=variables,
                 system_helper=scope["SystemHelper"])
    for name, value in variables.items():
        scope.setdefault(name, value)
    lines = source.splitlines(keepends=True)
    linecache.cache["script.py"] = (len(source), None, lines, "script.py")
    exec(compile(source, "script.py", "exec", dont_inherit=True), scope)
    called = scope.get("main")
    if not callable(called):
        raise NameError("the code defines no main()")
    parameters = inspect.signature(called).parameters
    if not parameters:
        return called()
    if len(parameters) == 1:
        name = next(iter(parameters))
        return called(variables[name] if name in variables else variables)
    missing = [name for name, one in parameters.items()
               if name not in variables and one.default is one.empty
               and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)]
    if missing:
        raise TypeError(f"Missing required argument: '{missing[0]}'")
    return called(**{name: variables[name] for name in parameters if name in variables})
''', "<forkjail>", "exec")))python";

std::string error_body(std::string_view message) {
  return ObjectText().boolean("success", false).text("message", message).take();
}

void fastgpt_error(http::Response& response, std::string_view message) {
  response.body += error_body(message);
}

class FastGptRun final : public CompatRun {
 public:
  FastGptRun(const http::Exchange& /*exchange*/, const CompatContext& /*context*/) {}

  std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                      const RunLimits& maxima) override {
    MemberReader members(document);
    const std::string_view code = members.needed_text("code");
    const boost::json::object* const variables = members.object("variables");
    members.text("queueId");
    if (!members.problem() && code.empty()) members.fail("code", "must not be empty");
    if (const auto& problem = members.problem()) return fail(problem->status, problem->message);
    source_ = code;
    RequestBuilder builder(maxima);
    builder.mode(protocol::RunMode::main);
    builder.script(kCallsMain);
    builder.advise_without_fields();
    const std::string given = variables == nullptr ? "{}" : boost::json::serialize(*variables);
    builder.args_json(ObjectText().text("source", code).json("variables", given).take());
    return built(builder);
  }

  http::Response answer(Finished& run) override {
    if (const auto* failure = std::get_if<Failed>(&run.outcome)) {
      return json_response(error_body(failure->error));
    }
    std::string_view log = run.report.output.out.bytes;
    if (log.ends_with('\n')) log.remove_suffix(1);
    const std::string data =
        ObjectText().json("codeReturn", run.report.value_json).text("log", log).take();
    return json_response(ObjectText().boolean("success", true).json("data", data).take());
  }

  // FastGPT tells its user the message of a 200 only.
  http::Response fail(unsigned status, std::string_view why) override {
    if (status == 400)
      return json_response(error_body("Invalid request: " + std::string(why)), 400);
    return json_response(error_body(why), status == 413 ? 413 : 200);
  }
};

http::Response modules(const CompatContext& context) {
  std::string list = "[";
  if (const auto& report = context.pool.zygote_report()) {
    for (const std::string& module : report->modules) {
      if (list.size() > 1) list += ',';
      json::append_string(list, module);
    }
  }
  const std::string data =
      ObjectText().json("js", "[]").json("python", list + "]").json("builtinGlobals", "[]").take();
  return json_response(ObjectText().boolean("success", true).json("data", data).take());
}

}  // namespace

std::vector<http::Route> fastgpt_routes(const CompatContext& context) {
  std::vector<http::Route> routes{
      run_route<FastGptRun>("/compat/fastgpt/sandbox/python", kName, fastgpt_error, context),
      fact_route("/compat/fastgpt/sandbox/js", fastgpt_error,
                 [](const http::Exchange&) { return json_response(error_body(kPythonOnly)); }),
      fact_route("/compat/fastgpt/sandbox/modules", fastgpt_error,
                 [&context](const http::Exchange&) { return modules(context); }),
      fact_route(
          "/compat/fastgpt/health", fastgpt_error,
          [](const http::Exchange&) { return json_response(R"({"status":"ok"})"); }, true),
  };
  routes.at(1).method = http::Method::post;
  return routes;
}

}  // namespace forkjail::server
