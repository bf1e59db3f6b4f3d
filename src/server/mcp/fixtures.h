// Tools, resources and prompts that the protocol's own conformance suite calls
// (fixture_tables.h). They run nothing, and are there only where the hidden flag --mcp-fixtures
// asks for them: in tests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "loop/loop.h"
#include "server/mcp/mcp_request.h"

namespace forkjail::server::mcp {

// The requests to clients that wait for an answer. Owned by the service.
class Fixtures {
 public:
  struct Waiter {
    Timer& timer;  // cancelled by the answer
    std::string answer;
  };
  std::map<std::string, Waiter*> waiters;  // by the request's id, as JSON
  std::uint64_t asked = 0;
};

[[nodiscard]] std::string_view fixture_capabilities(Era era);
// Members of the lists, by commas.
[[nodiscard]] std::string fixture_tools();
[[nodiscard]] std::string fixture_resources();
[[nodiscard]] std::string_view fixture_templates();

// The methods beside tools/call. Empty: there are no fixtures, or it is not one.
[[nodiscard]] std::optional<Reply> fixture_reply(const McpRequest& request);
// Empty: likewise. `request` outlives the task.
[[nodiscard]] std::optional<Task<http::Response>> call_fixture(const McpRequest& request);
// What a client answered to a request of a fixture.
void take_client_answer(const Message& message, const McpContext& context);

}  // namespace forkjail::server::mcp
