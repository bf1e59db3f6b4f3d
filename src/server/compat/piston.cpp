#include "server/compat/piston.h"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <optional>

#include "server/adapters/member_reader.h"
#include "server/compat/object_text.h"
#include "server/compat/process_end.h"
#include "server/compat/program.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kName = "piston";
constexpr std::array<std::string_view, 4> kLanguages{"python", "python3", "py", "py3"};

// How Piston names what ended a run.
struct EndRow {
  EndCause cause;
  std::string_view status;
  std::string_view message;  // empty: the error line
};
constexpr std::array kEnds{
    EndRow{EndCause::exited, "RE", {}},
    EndRow{EndCause::raised, "RE", {}},
    EndRow{EndCause::time, "TO", "Time limit exceeded"},
    EndRow{EndCause::memory, "SG", {}},
    EndRow{EndCause::output, "OL", "stdout length exceeded"},
    EndRow{EndCause::syscall, "SG", {}},
    EndRow{EndCause::crash, "SG", {}},
};

std::string error_body(std::string_view message) {
  return ObjectText().text("message", message).take();
}

void piston_error(http::Response& response, std::string_view message) {
  response.body += error_body(message);
}

std::string python_version(const CompatContext& context) {
  const std::string version = version_of(context, "python");
  return version.empty() ? "3" : version;
}

http::Response runtimes(const CompatContext& context) {
  return json_response("[" +
                       ObjectText()
                           .text("language", "python")
                           .text("version", python_version(context))
                           .json("aliases", R"(["py","py3","python3"])")
                           .take() +
                       "]");
}

http::Response packages(const CompatContext& context) {
  return json_response("[" +
                       ObjectText()
                           .text("language", "python")
                           .text("language_version", python_version(context))
                           .boolean("installed", true)
                           .take() +
                       "]");
}

int value_of(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

// Names are below the working directory, however they begin.
std::string_view relative(std::string_view name) {
  while (name.starts_with('/') || name.starts_with("./"))
    name.remove_prefix(name[0] == '/' ? 1 : 2);
  return name;
}

class PistonRun final : public CompatRun {
 public:
  PistonRun(const http::Exchange& /*exchange*/, const CompatContext& context) : context_(context) {}

  std::variant<ExecutionRequest, http::Response> read(const boost::json::value& document,
                                                      const RunLimits& maxima) override {
    MemberReader members(document);
    const std::string_view language = members.needed_text("language");
    const std::string_view version = members.needed_text("version");
    const boost::json::array* const files = members.array("files");
    if (!members.problem() && files == nullptr) members.fail("files", "missing; send an array");
    if (!members.problem() && !is_python3(language, version)) {
      return fail(400, std::string(language) + "-" + std::string(version) +
                           " runtime is unknown: this sandbox runs Python 3 only");
    }
    RequestBuilder builder(maxima);
    if (const auto stdin_text = members.text("stdin")) {
      std::string text(*stdin_text);
      if (!text.ends_with('\n')) text += '\n';
      builder.stdin_text(text);
    } else {
      builder.stdin_text("\n");
    }
    read_limits(members, builder);
    const std::vector<std::string> arguments = read_arguments(members);
    if (const auto& problem = members.problem()) return fail(problem->status, problem->message);
    builder.env("PISTON_LANGUAGE", "python");
    if (auto problem = read_files(*files, builder, arguments)) {
      return fail(problem->status, problem->message);
    }
    return built(builder);
  }

  http::Response answer(Finished& run) override {
    const ProcessEnd end = process_end(run);
    const RunUsage& usage = run.report.usage;
    const std::string& out = run.report.output.out.bytes;
    ObjectText body;
    body.text("stdout", out).text("stderr", end.err).text("output", out + end.err);
    if (end.signal.empty()) {
      body.integer("code", end.exit_code).null("signal");
    } else {
      body.null("code").text("signal", end.signal);
    }
    add_status(body, run, end);
    body.integer("cpu_time", usage.cpu_time.count() / 1000)
        .integer("wall_time", usage.wall_time.count() / 1000)
        .integer("memory", static_cast<std::int64_t>(usage.memory_peak_bytes));
    return json_response(ObjectText()
                             .json("run", body.take())
                             .text("language", "python")
                             .text("version", python_version(context_))
                             .take());
  }

  http::Response fail(unsigned status, std::string_view why) override {
    return json_response(error_body(why), status);
  }

 private:
  static void add_status(ObjectText& body, const Finished& run, const ProcessEnd& end) {
    if (end.exit_code == 0) {
      body.null("status");
      if (run.report.output.out.truncated) {
        body.text("message", "stdout is longer than the limit, and was cut");
      } else {
        body.null("message");
      }
      return;
    }
    const auto& row = *std::ranges::find(kEnds, end.cause, &EndRow::cause);
    body.text("status", end.signal.empty() ? "RE" : row.status)
        .text("message", row.message.empty() ? std::string_view(end.why) : row.message);
  }

  // Piston's times are in milliseconds, its memory in bytes; 0 and -1 mean the maximum.
  static void read_limits(MemberReader& members, RequestBuilder& builder) {
    builder.limit_wall_time(members.number("run_timeout").value_or(0) / 1000);
    builder.limit_cpu_time(members.number("run_cpu_time").value_or(0) / 1000);
    builder.limit_memory(members.number("run_memory_limit").value_or(0));
  }

  static std::vector<std::string> read_arguments(MemberReader& members) {
    std::vector<std::string> arguments;
    const boost::json::array* const given = members.array("args");
    if (given == nullptr) return arguments;
    for (const boost::json::value& one : *given) {
      if (!one.is_string()) {
        members.fail("args", "expected an array of strings");
        break;
      }
      arguments.emplace_back(one.as_string());
    }
    return arguments;
  }

  // The first file that is text is the program; where it has a name, it is in its place too.
  std::optional<RequestError> read_files(const boost::json::array& files, RequestBuilder& builder,
                                         std::span<const std::string> arguments) {
    bool has_program = false;
    for (std::size_t i = 0; i < files.size(); ++i) {
      MemberReader file(files[i], "files[" + std::to_string(i) + "].");
      const std::string_view content = file.needed_text("content");
      const std::string_view encoding = file.text("encoding").value_or("utf8");
      std::string name(relative(file.text("name").value_or("")));
      if (file.problem()) return file.problem();
      const bool is_program = !has_program && encoding != "base64" && encoding != "hex";
      if (is_program) {
        source_ = content;
        add_program(builder, {.source = content, .name = "files", .arguments = arguments});
        has_program = true;
      }
      if (is_program && name.empty()) continue;
      if (name.empty()) name = "file" + std::to_string(i) + ".code";
      if (encoding == "hex") {
        builder.file(name, bytes_of_hex(content), protocol::FileEncoding::utf8);
      } else {
        builder.file(
            name, content,
            encoding == "base64" ? protocol::FileEncoding::base64 : protocol::FileEncoding::utf8);
      }
      if (builder.problem()) return builder.problem();
    }
    if (has_program) return std::nullopt;
    return RequestError{400, "files must include at least one utf8 encoded file"};
  }

  const CompatContext& context_;
};

}  // namespace

bool is_python3(std::string_view language, std::string_view version) {
  if (std::ranges::find(kLanguages, language) == kLanguages.end()) return false;
  const auto start = version.find_first_not_of("^~=<>v ");
  if (start == std::string_view::npos) return version.empty();
  version.remove_prefix(start);
  const std::string_view major = version.substr(0, version.find('.'));
  return major == "3" || major == "*" || major == "x" || major == "X";
}

std::string bytes_of_hex(std::string_view digits) {
  std::string bytes;
  for (; digits.size() >= 2; digits.remove_prefix(2)) {
    const int high = value_of(digits[0]);
    const int low = value_of(digits[1]);
    if (high < 0 || low < 0) break;
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

std::vector<http::Route> piston_routes(const CompatContext& context) {
  const auto list_runtimes = [&context](const http::Exchange&) { return runtimes(context); };
  std::vector<http::Route> routes;
  // Some client libraries end a path with a slash.
  for (const std::string_view path :
       {"/compat/piston/api/v2/execute", "/compat/piston/api/v2/execute/"}) {
    routes.push_back(run_route<PistonRun>(path, kName, piston_error, context));
  }
  for (const std::string_view path :
       {"/compat/piston/api/v2/runtimes", "/compat/piston/api/v2/runtimes/"}) {
    routes.push_back(fact_route(path, piston_error, list_runtimes));
  }
  routes.push_back(fact_route("/compat/piston/api/v2/packages", piston_error,
                              [&context](const http::Exchange&) { return packages(context); }));
  return routes;
}

}  // namespace forkjail::server
