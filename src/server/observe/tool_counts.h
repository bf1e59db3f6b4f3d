// Calls of tools over MCP, by tool. HTTP calls an error of a tool a success, so it is counted here.
// Plain numbers that the loop's one thread increments.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

namespace forkjail::server {

class ToolCounts {
 public:
  struct Calls {
    std::uint64_t succeeded = 0;
    std::uint64_t failed = 0;
  };

  // `tool`: a constant.
  void count(std::string_view tool, bool failed) {
    Calls& calls = calls_[tool];
    ++(failed ? calls.failed : calls.succeeded);
  }
  [[nodiscard]] const std::map<std::string_view, Calls>& calls() const { return calls_; }

 private:
  std::map<std::string_view, Calls> calls_;
};

}  // namespace forkjail::server
