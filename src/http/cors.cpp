#include "http/cors.h"

#include <algorithm>

namespace forkjail::http {
namespace {

// Caches must not give one origin the answer to another.
constexpr std::string_view kVary = "\r\nVary: Origin";

constexpr std::string_view kReadable =
    "Forkjail-Kind, Forkjail-Truncated, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After, "
    "WWW-Authenticate, X-Request-Id";
constexpr std::string_view kSendable =
    "Accept, Authorization, Content-Type, E2b-Sandbox-Id, If-None-Match, Last-Event-ID, "
    "Mcp-Method, Mcp-Name, MCP-Protocol-Version, Mcp-Session-Id, traceparent, X-Access-Token, "
    "X-API-Key, X-Request-Id";
constexpr std::string_view kKnownForSeconds = "600";

bool all_of(std::string_view text, std::string_view special) {
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    return plain || special.find(c) != std::string_view::npos;
  });
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A browser leaves the usual port out, so that an origin with it would never match.
bool is_origin(std::string_view text) {
  constexpr std::string_view kBehindScheme = "://";
  const auto end = text.find(kBehindScheme);
  if (end == std::string_view::npos) return false;
  const std::string_view scheme = text.substr(0, end);
  const std::string_view host = text.substr(end + kBehindScheme.size());
  const bool usual_port =
      (scheme == "http" && host.ends_with(":80")) || (scheme == "https" && host.ends_with(":443"));
  return all_of(scheme, "+.-") && all_of(host, ".-_:[]") && !usual_port;
}

}  // namespace

Cors::Cors(const std::vector<std::string>& origins) {
  for (const std::string& origin : origins) {
    std::string lines = "\r\nAccess-Control-Allow-Origin: " + origin;
    lines.append("\r\nAccess-Control-Expose-Headers: ").append(kReadable).append(kVary);
    lines_.emplace(origin, std::move(lines));
  }
}

std::string_view Cors::lines_for(std::string_view origin) const {
  const auto found = lines_.find(origin);
  return found == lines_.end() ? kVary : std::string_view(found->second);
}

// The router has found which methods the path takes when it refused OPTIONS.
std::optional<Response> Cors::answer_preflight(const Request& request,
                                               const RouteMatch& match) const {
  const bool is_preflight =
      request.method == "OPTIONS" && !request.headers[RequestHeader::cors_method].empty();
  if (!is_preflight || !lines_.contains(request.headers[RequestHeader::origin])) {
    return std::nullopt;
  }
  if (!match.refusal || match.refusal->allow.empty()) return std::nullopt;
  Response response = empty_response(kNoContent);
  response.headers = {{"Access-Control-Allow-Methods", std::string(match.refusal->allow)},
                      {"Access-Control-Allow-Headers", std::string(kSendable)},
                      {"Access-Control-Max-Age", std::string(kKnownForSeconds)}};
  return response;
}

std::optional<std::vector<std::string>> parse_origins(std::string_view text) {
  std::vector<std::string> origins;
  while (!text.empty()) {
    const auto end = text.find(',');
    const std::string_view origin = trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!is_origin(origin)) return std::nullopt;
    origins.emplace_back(origin);
  }
  return origins;
}

}  // namespace forkjail::http
