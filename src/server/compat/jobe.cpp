#include "server/compat/jobe.h"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "server/adapters/json_document.h"
#include "server/adapters/member_reader.h"
#include "server/compat/object_text.h"
#include "server/compat/process_end.h"
#include "server/compat/program.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kName = "jobe";
constexpr std::string_view kMissing = "One or more of the specified files is missing/unavailable";

enum class JobeOutcome : std::uint8_t {
  compile_error = 11,
  runtime_error = 12,
  time_limit = 13,
  success = 15,
  memory_limit = 17,
  illegal_syscall = 19,
  internal_error = 20,
  overload = 21,
};

// Errors are JSON strings. A missing key is a 403, by which CodeRunner knows it.
void jobe_error(http::Response& response, std::string_view message) {
  if (response.status == 401) response.status = 403;
  response.body += json_quoted(message);
}

http::Response jobe_failure(unsigned status, std::string_view message) {
  return http::error_response(status, message, jobe_error);
}

http::Response outcome_response(JobeOutcome outcome, std::string_view compiler,
                                std::string_view out, std::string_view err) {
  return json_response(ObjectText()
                           .null("run_id")
                           .integer("outcome", static_cast<int>(outcome))
                           .text("cmpinfo", compiler)
                           .text("stdout", out)
                           .text("stderr", err)
                           .take());
}

// A number, or a text that is one: PHP sends both.
double number_of(const boost::json::value* value) {
  if (value == nullptr) return 0;
  if (value->is_number()) return value->to_number<double>();
  const auto* const text = value->if_string();
  double number = 0;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), number);
  return number;
}

class JobeRun final : public CompatRun {
 public:
  JobeRun(const http::Exchange& exchange, const CompatContext& context)
      : exchange_(exchange), context_(context) {}

  std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                      const RunLimits& maxima) override {
    const MemberReader body(document);
    if (body.problem()) return fail(400, "Non-JSON post data received");
    const boost::json::value* const spec = body.find("run_spec");
    if (spec == nullptr || !spec->is_object()) {
      return fail(400, "No run_spec attribute found in post data");
    }
    MemberReader members(*spec, "run_spec.");
    const std::string_view source = members.needed_text("sourcecode");
    const std::string_view language = members.needed_text("language_id");
    const std::string_view input = members.text("input").value_or("");
    members.text("sourcefilename");
    const boost::json::array* const files = members.array("file_list");
    if (const auto& problem = members.problem()) return fail(problem->status, problem->message);
    if (language != "python3") {
      return fail(400, "Language '" + std::string(language) + "' is not known; there is python3");
    }
    source_ = source;
    RequestBuilder builder(maxima);
    builder.stdin_text(input);
    std::vector<std::string> arguments;
    if (const auto problem = read_parameters(members.find("parameters"), builder, arguments)) {
      return fail(400, *problem);
    }
    add_program(builder, {.source = source, .name = "sourcecode", .arguments = arguments});
    if (files != nullptr) {
      if (auto response = read_files(*files, builder)) return *std::move(response);
    }
    return built(builder);
  }

  http::Response answer(Finished& run) override {
    const ProcessEnd end = process_end(run);
    const std::string_view out = run.report.output.out.bytes;
    if (!end.compiles) return outcome_response(JobeOutcome::compile_error, end.err, "", "");
    switch (end.cause) {
      case EndCause::time:
        return outcome_response(JobeOutcome::time_limit, "", out, "");
      case EndCause::memory:
        // With a traceback it is an exception as any other.
        if (end.signal.empty()) break;
        return outcome_response(JobeOutcome::memory_limit, "", out, "");
      case EndCause::syscall:
        return outcome_response(JobeOutcome::illegal_syscall, "", out, end.why);
      case EndCause::crash:
      case EndCause::output:
        return outcome_response(JobeOutcome::runtime_error, "", out, end.err + end.why);
      default:
        break;
    }
    const bool succeeded = end.exit_code == 0 && end.err.empty();
    return outcome_response(succeeded ? JobeOutcome::success : JobeOutcome::runtime_error, "", out,
                            end.err);
  }

  http::Response fail(unsigned status, std::string_view why) override {
    return jobe_failure(status, why);
  }

  http::Response refuse(const Refused& refused) override {
    http::Response response = outcome_response(JobeOutcome::overload, "", "", refused.why);
    response.retry_after_s = refused.retry_after_s;
    return response;
  }

 private:
  // PHP writes an empty map as an empty array.
  static std::optional<std::string> read_parameters(const boost::json::value* given,
                                                    RequestBuilder& builder,
                                                    std::vector<std::string>& arguments) {
    if (given == nullptr || given->is_array()) return std::nullopt;
    MemberReader parameters(*given, "run_spec.parameters.");
    const double cpu_time_s = number_of(parameters.find("cputime"));
    builder.limit_cpu_time(cpu_time_s);
    builder.limit_wall_time(2 * cpu_time_s);
    builder.limit_memory(number_of(parameters.find("memorylimit")) * 1'000'000);
    builder.limit_output(number_of(parameters.find("streamsize")) * 1'000'000);
    if (const auto* const list = parameters.array("runargs")) {
      for (const boost::json::value& one : *list) {
        if (!one.is_string()) return "run_spec.parameters.runargs: expected an array of strings";
        arguments.emplace_back(one.as_string());
      }
    }
    if (parameters.problem()) return parameters.problem()->message;
    return std::nullopt;
  }

  // Each is [id, name], and maybe a third element.
  std::optional<http::Response> read_files(const boost::json::array& files,
                                           RequestBuilder& builder) {
    for (const boost::json::value& each : files) {
      const auto* const pair = each.if_array();
      const bool is_pair = pair != nullptr && (pair->size() == 2 || pair->size() == 3) &&
                           pair->at(0).is_string() && pair->at(1).is_string();
      if (!is_pair || !is_jobe_file_id(pair->at(0).as_string())) {
        return fail(400, "Invalid file specifier in run_spec.file_list");
      }
      const auto file =
          context_.files.find(exchange_.caller, pair->at(0).as_string(), Clock::now());
      if (file == nullptr) return fail(404, kMissing);
      builder.file(pair->at(1).as_string(), file->content, protocol::FileEncoding::utf8);
    }
    return std::nullopt;
  }

  const http::Exchange& exchange_;
  const CompatContext& context_;
};

Task<http::Response> put_file(http::Exchange& exchange, const CompatContext& context) {
  const std::string id(exchange.request.path_parameter("id"));
  if (!is_jobe_file_id(id))
    co_return jobe_failure(400, "the id of a file has 8 letters and digits or more");
  std::optional<Document> document = co_await read_document(exchange, context.execute);
  if (!document) co_return jobe_failure(503, "given up");
  if (const auto* error = std::get_if<RequestError>(&*document)) {
    co_return jobe_failure(error->status, error->message);
  }
  MemberReader members(std::get<boost::json::value>(*document));
  const std::string_view encoded = members.needed_text("file_contents");
  Base64Check check;
  check.add(encoded);
  if (members.problem()) co_return jobe_failure(400, "put: missing file_contents parameter");
  if (!check.valid()) {
    co_return jobe_failure(400, "put: contents of file " + id + " are not valid base-64");
  }
  StoredFile file{.id = id, .name = {}, .content = {}};
  file.content.reserve(check.decoded_bytes());
  append_base64_decoded(file.content, encoded);
  document.reset();
  if (!context.files.put(exchange.caller, std::move(file), Clock::now())) {
    co_return jobe_failure(413, "put: the file is larger than the server keeps");
  }
  co_return http::empty_response(http::kNoContent);
}

http::Response look_for_file(const http::Exchange& exchange, const CompatContext& context) {
  const auto file =
      context.files.find(exchange.caller, exchange.request.path_parameter("id"), Clock::now());
  if (file == nullptr) return jobe_failure(404, kMissing);
  return http::empty_response(http::kNoContent);
}

http::Response languages(const CompatContext& context) {
  const std::string version = version_of(context, "python");
  return json_response(R"([["python3",)" + json_quoted(version.empty() ? "3" : version) + "]]");
}

}  // namespace

bool is_jobe_file_id(std::string_view id) {
  constexpr std::size_t kLengthMin = 8;
  constexpr std::size_t kLengthMax = 128;
  return id.size() >= kLengthMin && id.size() <= kLengthMax && std::ranges::all_of(id, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
         });
}

std::vector<http::Route> jobe_routes(const CompatContext& context) {
  constexpr std::string_view kFilePath = "/compat/jobe/jobe/index.php/restapi/files/{id}";
  return {
      run_route<JobeRun>("/compat/jobe/jobe/index.php/restapi/runs", kName, jobe_error, context),
      fact_route("/compat/jobe/jobe/index.php/restapi/languages", jobe_error,
                 [&context](const http::Exchange&) { return languages(context); }),
      fact_route(
          kFilePath, jobe_error,
          [&context](const http::Exchange& exchange) { return look_for_file(exchange, context); }),
      {.method = http::Method::put,
       .path = kFilePath,
       .body = http::BodyUse::json,
       .errors = jobe_error,
       .handler = [&context](http::Exchange& exchange) { return put_file(exchange, context); }},
  };
}

}  // namespace forkjail::server
