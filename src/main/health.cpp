#include "main/health.h"

#include <chrono>
#include <cstdio>
#include <string>

#include "http_client/deployment.h"

namespace forkjail {
namespace {

constexpr std::chrono::seconds kAnswerTimeMax{2};  // less than the health check's own

// A wildcard address cannot be connected to; use loopback.
std::string reachable(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  return address == "::" ? "::1" : address;
}

// {"error": "..."} as ": ..."
std::string reason(const boost::json::value& answer) {
  const auto* const object = answer.if_object();
  const auto* const error = object == nullptr ? nullptr : object->if_contains("error");
  const auto* const text = error == nullptr ? nullptr : error->if_string();
  return text == nullptr ? std::string() : ": " + std::string(*text);
}

int unhealthy(const std::string& why) {
  std::fprintf(stderr, "forkjail health: %s\n", why.c_str());
  return 1;
}

}  // namespace

int ask_for_health(const server::ServerConfig& config) {
  const std::string url = "http://" + reachable(config.address) + ":" + std::to_string(config.port);
  const auto deployment = http_client::Deployment::at(url, kAnswerTimeMax);
  if (!deployment) return unhealthy(deployment.error().to_string());
  const auto answer = deployment->get("/ready");
  if (!answer) return unhealthy(answer.error().to_string());
  if (answer->status == 200) return 0;
  return unhealthy("/ready answered " + std::to_string(answer->status) + reason(answer->answer));
}

}  // namespace forkjail
