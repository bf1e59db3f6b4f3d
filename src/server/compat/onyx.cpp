#include "server/compat/onyx.h"

#include <sys/random.h>

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <utility>

#include "http/multipart.h"
#include "server/adapters/member_reader.h"
#include "server/compat/object_text.h"
#include "server/compat/onyx_events.h"
#include "server/compat/process_end.h"
#include "server/compat/program.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kName = "onyx";
constexpr double kDefaultTimeoutMs = 2'000;
constexpr std::string_view kNoSessions =
    "this sandbox has no shell sessions: run Python by /v1/execute";

std::string error_body(std::string_view message) {
  return ObjectText().text("detail", message).take();
}

void onyx_error(http::Response& response, std::string_view message) {
  response.body += error_body(message);
}

http::Response onyx_failure(unsigned status, std::string_view message) {
  return http::error_response(status, message, onyx_error);
}

// 122 random bits in the form of a UUID, version 4; empty: the kernel has none.
std::string new_file_id() {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return {};
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string id;
  for (const unsigned char byte : bytes) {
    const bool dash = id.size() == 8 || id.size() == 13 || id.size() == 18 || id.size() == 23;
    if (dash) id.push_back('-');
    id.push_back(kDigits[byte >> 4U]);
    id.push_back(kDigits[byte & 0xFU]);
  }
  return id;
}

// Its id; empty: the file is too large.
std::string keep(const http::Exchange& exchange, const CompatContext& context, std::string name,
                 std::string content) {
  std::string id = new_file_id();
  if (id.empty()) return id;
  StoredFile file{.id = id, .name = std::move(name), .content = std::move(content)};
  return context.files.put(exchange.caller, std::move(file), Clock::now()) ? id : std::string();
}

class OnyxRun : public CompatRun {
 public:
  OnyxRun(const http::Exchange& exchange, const CompatContext& context)
      : exchange_(exchange), context_(context) {}

  std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                      const RunLimits& maxima) override {
    MemberReader members(document);
    const std::string_view code = members.needed_text("code");
    const double timeout_ms = members.number("timeout_ms").value_or(kDefaultTimeoutMs);
    const bool shows_last = members.boolean("last_line_interactive").value_or(true);
    const std::string_view stdin_text = members.text("stdin").value_or("");
    const boost::json::array* const files = members.array("files");
    if (!members.problem() && !(timeout_ms >= 1)) members.fail("timeout_ms", "must be at least 1");
    if (const auto& problem = members.problem()) return fail(problem->status, problem->message);
    source_ = code;
    RequestBuilder builder(maxima);
    builder.limit_wall_time(timeout_ms / 1000);
    builder.stdin_text(stdin_text);
    builder.include(AnswerPart::files);
    add_program(builder, {.source = code, .name = "code", .shows_last_value = shows_last});
    if (files != nullptr) {
      if (auto response = read_files(*files, builder)) return *std::move(response);
    }
    return built(builder);
  }

  http::Response answer(Finished& run) override {
    const ProcessEnd end = process_end(run);
    ObjectText body;
    body.text("stdout", run.report.output.out.bytes).text("stderr", end.err + why_killed(end));
    add_end(body, run, end);
    return json_response(body.take());
  }

  // Of a faulty request FastAPI's status.
  http::Response fail(unsigned status, std::string_view why) override {
    return onyx_failure(status == 400 ? 422 : status, why);
  }

 protected:
  // What a traceback does not tell.
  static std::string why_killed(const ProcessEnd& end) {
    return end.signal.empty() ? std::string() : end.why + "\n";
  }

  void add_end(ObjectText& body, Finished& run, const ProcessEnd& end) {
    const bool timed_out = end.cause == EndCause::time;
    if (timed_out) {
      body.null("exit_code");
    } else {
      body.integer("exit_code", end.exit_code);
    }
    body.boolean("timed_out", timed_out)
        .integer("duration_ms", run.report.usage.wall_time.count() / 1000)
        .json("files", keep_files(run.report.files));
  }

 private:
  std::optional<http::Response> read_files(const boost::json::array& files,
                                           RequestBuilder& builder) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      MemberReader given(files[i], "files[" + std::to_string(i) + "].");
      const std::string_view path = given.needed_text("path");
      const std::string_view id = given.needed_text("file_id");
      if (const auto& problem = given.problem()) return fail(problem->status, problem->message);
      const auto file = context_.files.find(exchange_.caller, id, Clock::now());
      if (file == nullptr) {
        return onyx_failure(404, "File with ID '" + std::string(id) + "' not found for path '" +
                                     std::string(path) + "'.");
      }
      builder.file(path, file->content, protocol::FileEncoding::utf8);
    }
    return std::nullopt;
  }

  std::string keep_files(RunFiles& files) {
    std::string list = "[";
    for (protocol::LeftFile& file : files.files) {
      if (!file.content) continue;
      const std::string id = keep(exchange_, context_, file.path, *std::move(file.content));
      if (id.empty()) continue;
      if (list.size() > 1) list += ',';
      list += ObjectText().text("path", file.path).text("kind", "file").text("file_id", id).take();
    }
    return list + "]";
  }

  const http::Exchange& exchange_;
  const CompatContext& context_;
};

class OnyxStreamRun final : public OnyxRun {
 public:
  OnyxStreamRun(const http::Exchange& exchange, const CompatContext& context)
      : OnyxRun(exchange, context), events_(exchange.stream) {}

  RunEvents* events() override { return &events_; }

  http::Response answer(Finished& run) override {
    if (!events_.begun()) return OnyxRun::answer(run);
    const ProcessEnd end = process_end(run);
    events_.add_err(end.err.substr(run.report.output.err.bytes.size()) + why_killed(end));
    ObjectText body;
    add_end(body, run, end);
    events_.finish("result", body.take());
    return {};
  }

  http::Response fail(unsigned status, std::string_view why) override {
    if (events_.begun()) events_.finish("error", ObjectText().text("message", why).take());
    return OnyxRun::fail(status, why);
  }

 private:
  OnyxEvents events_;
};

http::Response take_file(http::Exchange& exchange, const CompatContext& context) {
  std::string body = std::move(exchange.request.body);
  auto uploaded = http::uploaded_file(body, "file");
  if (const auto* problem = std::get_if<http::MultipartProblem>(&uploaded)) {
    return onyx_failure(422, problem->why);
  }
  auto& [name, content] = std::get<http::UploadedFile>(uploaded);
  if (name.empty()) name = "unnamed";
  const std::size_t size = content.size();
  const std::string id = keep(exchange, context, name, std::string(content));
  if (id.empty()) return onyx_failure(413, "the file is larger than the server keeps");
  return json_response(ObjectText()
                           .text("file_id", id)
                           .text("filename", name)
                           .integer("size_bytes", static_cast<std::int64_t>(size))
                           .take(),
                       201);
}

http::Response no_such_file(const http::Exchange& exchange) {
  return onyx_failure(
      404, "File with ID '" + std::string(exchange.request.path_parameter("id")) + "' not found");
}

http::Response send_file(const http::Exchange& exchange, const CompatContext& context) {
  const auto file =
      context.files.find(exchange.caller, exchange.request.path_parameter("id"), Clock::now());
  if (file == nullptr) return no_such_file(exchange);
  http::Response response;
  response.content_type = "application/octet-stream";
  // A script's page must not run in a browser as if it were the service's own.
  response.headers.push_back({"Content-Disposition", "attachment"});
  response.headers.push_back({"Content-Security-Policy", "sandbox"});
  response.body = file->content;
  return response;
}

http::Response drop_file(const http::Exchange& exchange, const CompatContext& context) {
  if (!context.files.erase(exchange.caller, exchange.request.path_parameter("id"))) {
    return no_such_file(exchange);
  }
  return http::empty_response(http::kNoContent);
}

}  // namespace

std::vector<http::Route> onyx_routes(const CompatContext& context) {
  std::vector<http::Route> routes{
      run_route<OnyxRun>("/compat/onyx/v1/execute", kName, onyx_error, context),
      run_route<OnyxStreamRun>("/compat/onyx/v1/execute/stream", kName, onyx_error, context),
      fact_route(
          "/compat/onyx/health", onyx_error,
          [](const http::Exchange&) { return json_response(R"({"status":"ok"})"); }, true),
      fact_route("/compat/onyx/v1/files/{id}", onyx_error,
                 [&context](http::Exchange& exchange) { return send_file(exchange, context); }),
  };
  routes.push_back(
      fact_route("/compat/onyx/v1/files/{id}", onyx_error,
                 [&context](http::Exchange& exchange) { return drop_file(exchange, context); }));
  routes.back().method = http::Method::remove;
  routes.push_back(
      fact_route("/compat/onyx/v1/files", onyx_error,
                 [&context](http::Exchange& exchange) { return take_file(exchange, context); }));
  routes.back().method = http::Method::post;
  routes.back().body = http::BodyUse::raw;
  routes.push_back(fact_route("/compat/onyx/v1/sessions", onyx_error, [](const http::Exchange&) {
    return onyx_failure(404, kNoSessions);
  }));
  routes.back().method = http::Method::post;
  return routes;
}

}  // namespace forkjail::server
