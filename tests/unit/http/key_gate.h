// A gate for tests of requests that have a caller.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "http/gate.h"

namespace forkjail::http {

class NamedCaller final : public Caller {
 public:
  explicit NamedCaller(std::string_view chosen) : name_(chosen) {}
  [[nodiscard]] std::string_view name() const override { return name_; }

 private:
  std::string name_;
};

// Lets in any caller that has a key, which becomes the caller's name; "unnamed" has none.
struct KeyGate final : Gate {
  GateDecision admit(const RequestHead& head, const Route& route) override {
    asked.push_back(std::string(head.method) + " " + std::string(head.target) + " " +
                    std::string(route.path) + " " + head.peer.to_string());
    const std::string_view key = head.headers[RequestHeader::api_key];
    if (key == "unnamed") return std::shared_ptr<Caller>();
    if (!key.empty()) return std::make_shared<NamedCaller>(key);
    Response response = error_response(401, "send a key", route.errors);
    response.headers.push_back({"WWW-Authenticate", "Bearer"});
    response.hold = hold;
    return response;
  }

  std::vector<std::string> asked;
  std::chrono::milliseconds hold{};
};

}  // namespace forkjail::http
