#include "server/mcp/fixture_rounds.h"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "json/text.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kStateStart = "forkjail-round-";

std::string state_of(std::size_t round) { return std::string(kStateStart) + std::to_string(round); }

// The round whose questions are answered. Empty: the state was not made here.
std::optional<std::size_t> round_of(const RoundsTool& tool, const Message& message) {
  const auto* const given = message.params().if_contains("requestState");
  if (given == nullptr || !tool.has_state) return 0;
  for (std::size_t round = 0; round < tool.rounds.size(); ++round) {
    if (text_of(given) == state_of(round)) return round;
  }
  return std::nullopt;
}

bool can(const Message& message, std::string_view capability) {
  const auto* const declared = meta_of(message, "io.modelcontextprotocol/clientCapabilities");
  return declared != nullptr && declared->is_object() &&
         declared->get_object().contains(capability);
}

bool is_answered(const InputRequest& request, const Message& message) {
  const auto* const answers = message.params().if_contains("inputResponses");
  if (answers == nullptr || !answers->is_object()) return false;
  const auto* const answer = answers->get_object().if_contains(request.key);
  return answer != nullptr && answer->is_object();
}

Reply missing_capability(const InputRequest& request) {
  std::string data = R"({"requiredCapabilities":{)";
  json::append_key(data, request.capability);
  return RpcError{kMissingCapability, "the client lacks a capability", 400, data + "{}}}"};
}

// Of a round what this client can do.
Reply ask(const RoundsTool& tool, std::size_t round, const Message& message) {
  std::string json = R"({"resultType":"input_required","inputRequests":{)";
  bool asks = false;
  for (const InputRequest& request : tool.rounds[round]) {
    if (!can(message, request.capability)) continue;
    json::append_key(json, request.key);
    json += "{";
    json::append_key(json, "method");
    json::append_string(json, request.method);
    json::append_key(json, "params");
    json.append(request.params).append("}");
    asks = true;
  }
  if (!asks) return missing_capability(tool.rounds[round].front());
  json += "}";
  if (tool.has_state) {
    json::append_key(json, "requestState");
    json::append_string(json, state_of(round));
  }
  return json + "}";
}

}  // namespace

Reply next_round(const RoundsTool& tool, const Message& message, std::string_view done) {
  const auto round = round_of(tool, message);
  if (!round) return RpcError{kInvalidParams, "requestState: is not one of this service"};
  const auto answered = [&](const InputRequest& request) { return is_answered(request, message); };
  if (!std::ranges::all_of(tool.rounds[*round], answered)) return ask(tool, *round, message);
  if (*round + 1 < tool.rounds.size()) return ask(tool, *round + 1, message);
  return std::string(done);
}

}  // namespace forkjail::server::mcp
