#include "http/router.h"

#include <algorithm>
#include <array>

namespace forkjail::http {
namespace {

constexpr std::size_t kShownPathMax = 100;

// In the order of Method.
constexpr std::array<std::string_view, 4> kMethodNames{"GET", "POST", "PUT", "DELETE"};

std::string_view name_of(Method method) {
  return kMethodNames.at(static_cast<std::size_t>(method));
}

bool serves(const Route& route, std::string_view method) {
  return name_of(route.method) == method || (route.method == Method::get && method == "HEAD");
}

}  // namespace

Router::Router(std::vector<Route> routes) {
  // Literal paths stand before the others. Not by stable_partition, for which clang says that
  // libstdc++ uses what is deprecated.
  const auto is_literal = [](const Resource& each) { return each.path.is_literal(); };
  for (Route& route : routes) {
    auto resource = std::ranges::find(resources_, route.path,
                                      [](const Resource& each) { return each.path.text(); });
    if (resource == resources_.end()) {
      PathPattern path(route.path);
      const auto place =
          path.is_literal() ? std::ranges::find_if_not(resources_, is_literal) : resource;
      resource = resources_.insert(place, {std::move(path), {}, {}});
    }
    if (!resource->allowed.empty()) resource->allowed += ", ";
    resource->allowed += name_of(route.method);
    if (route.method == Method::get) resource->allowed += ", HEAD";
    body_bytes_max_ = std::max(body_bytes_max_, route.body_bytes_max);
    resource->routes.push_back(std::move(route));
  }
}

RouteMatch Router::match(std::string_view method, std::string_view path) const {
  PathParameters parameters;
  for (const Resource& resource : resources_) {
    const PathMatch matched = resource.path.match(path, parameters);
    if (matched == PathMatch::no) continue;
    RouteMatch match = match_method(resource, method);
    if (matched == PathMatch::invalid) {
      match.route = nullptr;
      match.refusal = error_response(
          400,
          "the path must be valid UTF-8 in valid percent escapes, without NUL and \"..\", as in " +
              std::string(resource.path.text()),
          match.errors);
    }
    match.parameters = std::move(parameters);
    return match;
  }
  RouteMatch none;
  none.refusal = error_response(404, "no such path: " + std::string(path.substr(0, kShownPathMax)),
                                plain_error);
  return none;
}

RouteMatch Router::match_method(const Resource& resource, std::string_view method) {
  RouteMatch match;
  const Route& first = resource.routes.front();
  match.errors = first.errors;
  match.has_request_id = first.has_request_id;
  for (const Route& route : resource.routes) {
    if (!serves(route, method)) continue;
    match.route = &route;
    match.errors = route.errors;
    match.has_request_id = route.has_request_id;
    return match;
  }
  match.refusal = error_response(
      405, std::string(resource.path.text()) + " takes " + resource.allowed, match.errors);
  match.refusal->allow = resource.allowed;
  return match;
}

std::string_view path_of_target(std::string_view target) {
  const auto scheme = target.find("://");
  if (!target.starts_with('/') && scheme != std::string_view::npos) {
    const auto path = target.find('/', scheme + 3);
    target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
  }
  return target.substr(0, target.find_first_of("?#"));
}

std::string_view query_of_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  const auto start = target.find('?');
  return start == std::string_view::npos ? std::string_view() : target.substr(start + 1);
}

}  // namespace forkjail::http
