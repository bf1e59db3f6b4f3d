#include "http/router.h"

#include <algorithm>

namespace forkjail::http {
namespace {

constexpr std::size_t kShownPathMax = 100;

bool serves(const Route& route, std::string_view method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const Route& route : routes_) {
    auto allowed = std::ranges::find(allowed_, route.path, &Allowed::path);
    if (allowed == allowed_.end()) allowed = allowed_.insert(allowed, {route.path, {}});
    if (!allowed->methods.empty()) allowed->methods += ", ";
    allowed->methods += route.method;
    if (route.method == "GET") allowed->methods += ", HEAD";
  }
}

std::variant<const Route*, Response> Router::find(std::string_view method,
                                                  std::string_view path) const {
  for (const Route& route : routes_) {
    if (route.path == path && serves(route, method)) return &route;
  }
  const auto allowed = std::ranges::find(allowed_, path, &Allowed::path);
  if (allowed == allowed_.end()) {
    return error_response(404, "no such path: " + std::string(path.substr(0, kShownPathMax)),
                          ErrorShape::plain);
  }
  Response response =
      error_response(405, std::string(path) + " takes " + allowed->methods, error_shape(path));
  response.allow = allowed->methods;
  return response;
}

ErrorShape Router::error_shape(std::string_view path) const {
  const auto route = std::ranges::find(routes_, path, &Route::path);
  return route == routes_.end() ? ErrorShape::plain : route->errors;
}

bool Router::has_request_id(std::string_view path) const {
  const auto route = std::ranges::find(routes_, path, &Route::path);
  return route != routes_.end() && route->has_request_id;
}

std::string_view path_of_target(std::string_view target) {
  const auto scheme = target.find("://");
  if (!target.starts_with('/') && scheme != std::string_view::npos) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  return target.substr(0, target.find_first_of("?#"));
}

}  // namespace forkjail::http
