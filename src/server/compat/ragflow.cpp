#include "server/compat/ragflow.h"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <optional>

#include "base/base64.h"
#include "json/utf8.h"
#include "server/adapters/member_reader.h"
#include "server/compat/object_text.h"
#include "server/compat/process_end.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kName = "ragflow";
constexpr std::string_view kPythonOnly =
    "this sandbox runs Python only: components in JavaScript need RAGFlow's own executor manager";

constexpr std::string_view kFolder = "artifacts/";
constexpr std::string_view kFolderMaker =
    "artifacts/.keep";  // a file, since folders come with files
constexpr std::size_t kArtifactsMax = 10;

struct MediaType {
  std::string_view ending;
  std::string_view type;
};
constexpr std::array kMediaTypes{
    MediaType{".png", "image/png"},         MediaType{".jpg", "image/jpeg"},
    MediaType{".jpeg", "image/jpeg"},       MediaType{".svg", "image/svg+xml"},
    MediaType{".pdf", "application/pdf"},   MediaType{".csv", "text/csv"},
    MediaType{".json", "application/json"}, MediaType{".html", "text/html"},
};

// How RAGFlow tells why a run did not succeed: its status, one more member, its exit code.
struct EndRow {
  EndCause cause;
  std::string_view status;
  std::string_view member;
  std::string_view value;
  std::optional<int> exit_code = std::nullopt;  // instead of the process's own
};
constexpr std::array kEnds{
    EndRow{EndCause::exited, "program_error", "runtime_error_type", "nonzero_exit"},
    EndRow{EndCause::raised, "program_error", "runtime_error_type", "nonzero_exit"},
    EndRow{EndCause::time, "resource_limit_exceeded", "resource_limit_type", "time", -124},
    EndRow{EndCause::memory, "resource_limit_exceeded", "resource_limit_type", "memory", -137},
    EndRow{EndCause::output, "resource_limit_exceeded", "resource_limit_type", "output"},
    EndRow{EndCause::syscall, "unauthorized_access", "unauthorized_access_type",
           "disallowed_syscall"},
    EndRow{EndCause::crash, "runtime_error", "runtime_error_type", "signalled"},
};

constexpr int kNotRun = -999;
constexpr int kBusy = -10;

void ragflow_error(http::Response& response, std::string_view message) {
  response.body += ObjectText().text("detail", message).take();
}

// Nothing was run; RAGFlow shows `why` to its user.
http::Response not_run(int exit_code, std::string_view why, std::string_view detail) {
  return json_response(ObjectText()
                           .text("status", "program_runner_error")
                           .text("stdout", "")
                           .text("stderr", why)
                           .integer("exit_code", exit_code)
                           .text("detail", detail)
                           .json("artifacts", "[]")
                           .null("result")
                           .take());
}

std::string_view media_type_of_artifact(std::string_view name) {
  const auto dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return {};
  std::string ending(name.substr(dot));
  std::ranges::transform(ending, ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const auto* const row = std::ranges::find(kMediaTypes, ending, &MediaType::ending);
  return row == kMediaTypes.end() ? std::string_view() : row->type;
}

// Those in artifacts/, and after them those in the working directory, of the types that RAGFlow
// takes.
std::string artifacts_json(const RunFiles& files) {
  std::string list = "[";
  std::size_t count = 0;
  for (const bool in_folder : {true, false}) {
    for (const protocol::LeftFile& file : files.files) {
      std::string_view name = file.path;
      if (name.starts_with(kFolder) != in_folder) continue;
      if (in_folder) name.remove_prefix(kFolder.size());
      const std::string_view type = media_type_of_artifact(name);
      const bool is_taken = file.content && !file.content->empty() && !type.empty() &&
                            name.find('/') == std::string_view::npos && json::is_utf8_text(name);
      if (!is_taken || count == kArtifactsMax) continue;
      ++count;
      if (list.size() > 1) list += ',';
      std::string content = "\"";
      append_base64(content, *file.content);
      list += ObjectText()
                  .text("name", name)
                  .text("mime_type", type)
                  .integer("size", static_cast<std::int64_t>(file.size))
                  .json("content_b64", content + "\"")
                  .take();
    }
  }
  return list + "]";
}

class RagflowRun final : public CompatRun {
 public:
  RagflowRun(const http::Exchange& /*exchange*/, const CompatContext& /*context*/) {}

  std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                      const RunLimits& maxima) override {
    MemberReader members(document);
    const std::string_view code = members.needed_text("code_b64");
    const std::string_view language = members.text("language").value_or("python");
    const boost::json::object* const arguments = members.object("arguments");
    Base64Check check;
    check.add(code);
    if (!members.problem() && !check.valid()) members.fail("code_b64", "not valid base64");
    if (!members.problem() && language != "python" && language != "nodejs") {
      members.fail("language", "expected \"python\" or \"nodejs\"");
    }
    if (const auto& problem = members.problem()) return fail(problem->status, problem->message);
    if (language == "nodejs") return not_run(kNotRun, kPythonOnly, "unsupported_language");
    std::string source;
    append_base64_decoded(source, code);
    RequestBuilder builder(maxima);
    builder.mode(protocol::RunMode::main);
    builder.script(source, "code_b64");
    if (arguments != nullptr) builder.args_json(boost::json::serialize(*arguments));
    builder.file(kFolderMaker, "", protocol::FileEncoding::utf8);
    builder.include(AnswerPart::files);
    builder.advise_without_fields();
    return built(builder);
  }

  http::Response answer(Finished& run) override {
    const ProcessEnd end = process_end(run);
    const RunUsage& usage = run.report.usage;
    const bool succeeded = std::holds_alternative<Returned>(run.outcome);
    const auto& row = *std::ranges::find(kEnds, end.cause, &EndRow::cause);
    ObjectText body;
    // What a failed script printed would be taken for its result.
    body.text("status", succeeded ? "success" : row.status)
        .text("stdout", succeeded ? std::string_view(run.report.output.out.bytes) : "")
        .text("stderr", succeeded ? end.err : error_text(end))
        .integer("exit_code", succeeded ? 0 : row.exit_code.value_or(end.exit_code))
        .null("detail")
        .integer("time_used_ms", usage.wall_time.count() / 1000)
        .integer("memory_used_kb", static_cast<std::int64_t>(usage.memory_peak_bytes / kKiB));
    for (const std::string_view name :
         {"resource_limit_type", "unauthorized_access_type", "runtime_error_type"}) {
      if (!succeeded && row.member == name) {
        body.text(name, row.value);
      } else {
        body.null(name);
      }
    }
    body.json("artifacts", succeeded ? artifacts_json(run.report.files) : "[]");
    if (succeeded) {
      body.json("result", ObjectText()
                              .boolean("present", true)
                              .json("value", run.report.value_json)
                              .text("type", "json")
                              .take());
    } else {
      body.null("result");
    }
    return json_response(body.take());
  }

  http::Response fail(unsigned status, std::string_view why) override {
    if (status >= 500) return not_run(kNotRun, why, "internal_error");
    http::Response response;
    response.status = status == 400 ? 422 : status;
    ragflow_error(response, why);
    return response;
  }

  http::Response refuse(const Refused& refused) override {
    return not_run(kBusy, refused.why, "no_available_container");
  }

 private:
  static std::string error_text(const ProcessEnd& end) {
    std::string text = end.err;
    if (end.cause == EndCause::exited && !text.empty()) return text;
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text + end.why;
  }
};

}  // namespace

std::vector<http::Route> ragflow_routes(const CompatContext& context) {
  return {
      run_route<RagflowRun>("/compat/ragflow/run", kName, ragflow_error, context),
      fact_route(
          "/compat/ragflow/healthz", ragflow_error,
          [](const http::Exchange&) { return json_response(R"({"status":"ok"})"); }, true),
  };
}

}  // namespace forkjail::server
