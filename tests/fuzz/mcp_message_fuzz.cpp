// Any body, headers and bundle of POST /mcp: whatever is read of them, answers are valid JSON.
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "base/check.h"
#include "json/check.h"
#include "server/adapters/json_document.h"
#include "server/mcp/display_bundle.h"
#include "server/mcp/era.h"
#include "server/mcp/json_rpc.h"
#include "server/mcp/origin_check.h"
#include "server/mcp/session_uri.h"
#include "server/mcp/tool_arguments.h"
#include "server/mcp/tool_result.h"

using namespace forkjail::server;

namespace {

void check_json(const std::string& text) {
  FORKJAIL_CHECK(forkjail::json::is_valid(text, forkjail::kJsonDepthMax));
}

void check_bundle(std::string_view text) {
  for (const std::string_view name : {"image/png", "text/plain", ""}) {
    const auto value = mcp::member_of(text, name);
    if (!value) continue;
    FORKJAIL_CHECK(value->data() >= text.data());
    FORKJAIL_CHECK(value->data() + value->size() <= text.data() + text.size());
    if (const auto base64 = mcp::base64_of(*value)) {
      mcp::ToolResult result;
      result.add_image(*base64, "image/png");
      check_json(result.take());
    }
  }
}

void check_arguments(const mcp::Message& message) {
  const auto* const given = message.params().if_contains("arguments");
  if (given == nullptr || !given->is_object()) return;
  for (const mcp::ToolRow& tool : mcp::tools()) {
    const mcp::ToolArguments arguments(given->get_object(), tool, true);
    if (!arguments.problem().empty()) {
      check_json(mcp::error_result(arguments.problem()).take());
      continue;
    }
    for (const auto& file : arguments.files()) FORKJAIL_CHECK(file.path.data() != nullptr);
    check_json(mcp::text_result(arguments.text("code")).take());
  }
}

void check_message(std::string_view body, const mcp::ProtocolHeaders& headers) {
  auto document = parse_document(body);
  if (!std::holds_alternative<boost::json::value>(document)) return;
  auto decoded = mcp::decode_message(std::get<boost::json::value>(std::move(document)));
  if (const auto* faulty = std::get_if<mcp::FaultyMessage>(&decoded)) {
    check_json(mcp::error_text(faulty->id, faulty->error));
    return;
  }
  const auto& message = std::get<mcp::Message>(decoded);
  const auto era = mcp::era_of(message, headers);
  if (const auto* error = std::get_if<mcp::RpcError>(&era)) {
    check_json(mcp::error_text(message.id, *error));
  }
  if (!message.id.empty()) check_json(mcp::result_text(message.id, "{}"));
  if (const auto uri = mcp::text_of(message.params().if_contains("uri"))) {
    if (const auto file = mcp::session_file_of(*uri)) {
      FORKJAIL_CHECK(mcp::session_file_of(mcp::uri_of(file->session, file->path))->path ==
                     file->path);
    }
  }
  check_arguments(message);
}

}  // namespace

// The first two lines are headers; the rest is the body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto first = std::min(text.find('\n'), text.size());
  const std::string_view version = text.substr(0, first);
  std::string_view rest = text.substr(std::min(first + 1, text.size()));
  const auto second = std::min(rest.find('\n'), rest.size());
  const std::string_view name = rest.substr(0, second);
  const std::string_view body = rest.substr(std::min(second + 1, rest.size()));
  check_message(body, {version, name, name});
  check_bundle(body);
  (void)mcp::refuse_origin(version, name, {});
  return 0;
}
