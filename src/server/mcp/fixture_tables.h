// What the protocol's conformance suite calls, as data: tools, resources and prompts of tests.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace forkjail::server::mcp {

inline constexpr std::string_view kAnyArguments = R"({"type":"object"})";

// Answers with a result that is always the same.
struct FixedTool {
  std::string_view name;
  std::string_view result;
};
[[nodiscard]] std::span<const FixedTool> fixed_tools();

// Sends notifications before its result.
struct NotifyingTool {
  std::string_view name;
  std::string_view method;
  std::span<const std::string_view> params;  // JSON; of progress without the token
  std::string_view result;
};
[[nodiscard]] std::span<const NotifyingTool> notifying_tools();

// What the client, or its user, is asked for.
struct InputRequest {
  std::string_view key;
  std::string_view capability;  // that the client needs for it
  std::string_view method;
  std::string_view params;  // JSON
};

// Of the old era: sends a request to the client, and shows its answer.
struct AskingTool {
  std::string_view name;
  std::string_view schema;
  InputRequest request;
};
[[nodiscard]] std::span<const AskingTool> asking_tools();

// Of the new era: its first results are what it needs, round by round; the client calls again with
// the answers.
struct RoundsTool {
  std::string_view name;
  std::span<const std::span<const InputRequest>> rounds;
  bool has_state = false;
};
[[nodiscard]] std::span<const RoundsTool> rounds_tools();
[[nodiscard]] const RoundsTool& rounds_prompt();

struct FixtureResource {
  std::string_view uri;
  std::string_view contents;  // JSON
};
[[nodiscard]] std::span<const FixtureResource> fixture_resource_rows();

struct FixturePrompt {
  std::string_view name;
  std::string_view arguments;  // JSON, their names
  std::string_view messages;   // JSON; "$NAME" stands for an argument
};
[[nodiscard]] std::span<const FixturePrompt> fixture_prompts();

}  // namespace forkjail::server::mcp
