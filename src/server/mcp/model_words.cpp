#include "server/mcp/model_words.h"

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "server/mcp/display_bundle.h"
#include "server/mcp/json_rpc.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kWords{{
    {"with POST /sessions", "with create_session"},
    {"GET /sessions/{id} lists", "list_states lists"},
    {"from: the session", "from_state: the session"},
    {"leave out from and on_error (docs/sessions.md)", "leave out from_state"},
}};

}  // namespace

std::string in_model_words(std::string text) {
  for (const auto& [said, wanted] : kWords) {
    const auto at = text.find(said);
    if (at != std::string::npos) text.replace(at, said.size(), wanted);
  }
  return text;
}

std::string words_of(const http::Response& answer) {
  const std::string_view json = member_of(answer.body, "error").value_or("\"\"");
  boost::system::error_code ec;
  const boost::json::value value = boost::json::parse({json.data(), json.size()}, ec);
  std::string text(ec ? std::string_view() : text_of(&value).value_or(std::string_view()));
  if (answer.retry_after_s > 0) {
    text += "; call again in " + std::to_string(answer.retry_after_s) + " s";
  }
  return in_model_words(std::move(text));
}

}  // namespace forkjail::server::mcp
