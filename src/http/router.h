// Method and path to route: a table that is filled at the start and does not change. A
// request looks it up once, by its header.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "http/path_pattern.h"
#include "loop/loop.h"

namespace forkjail::http {

using Handler = std::function<Task<Response>(Exchange&)>;

enum class Method : std::uint8_t {
  get,  // HEAD too
  post,
  put,
  remove,  // DELETE
};

// What a route does with a request's body, which is never compressed where it is used.
enum class BodyUse : std::uint8_t {
  none,  // whatever comes is read and ignored
  json,  // must be application/json
  json_if_any,
  raw,  // bytes of any type
};

struct Route {
  Method method = Method::get;
  std::string_view path;  // a pattern: path_pattern.h
  BodyUse body = BodyUse::none;
  std::size_t body_bytes_max = 0;  // 0: Limits::body_bytes_max
  ErrorRenderer errors = plain_error;
  Handler handler;
  bool is_status = false;  // tells how the service is: answered also where connections run short
  bool has_request_id = false;  // every answer names the request: X-Request-Id
  bool open = false;            // taken from everybody: a gate asks for no key
};

// What a request's method and path lead to.
struct RouteMatch {
  const Route* route = nullptr;  // null: `refusal` is the answer
  std::optional<Response> refusal;
  PathParameters parameters;
  // How answers look at this path, whatever the method.
  ErrorRenderer errors = plain_error;
  bool has_request_id = false;
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  [[nodiscard]] RouteMatch match(std::string_view method, std::string_view path) const;
  // The most that any route takes; 0: none takes more than usual.
  [[nodiscard]] std::size_t body_bytes_max() const { return body_bytes_max_; }

 private:
  struct Resource {
    PathPattern path;
    std::vector<Route> routes;
    std::string allowed;  // "GET, HEAD"
  };

  [[nodiscard]] static RouteMatch match_method(const Resource& resource, std::string_view method);

  std::vector<Resource> resources_;  // those without parameters first
  std::size_t body_bytes_max_ = 0;
};

// The path of a request target in origin or absolute form, without its query.
[[nodiscard]] std::string_view path_of_target(std::string_view target);
// What stands behind its "?"; empty: nothing.
[[nodiscard]] std::string_view query_of_target(std::string_view target);

}  // namespace forkjail::http
