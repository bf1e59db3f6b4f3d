// Method and path to handler: a table that main's wiring fills and nobody changes afterwards.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "http/message.h"
#include "loop/loop.h"

namespace forkjail::http {

using Handler = std::function<Task<Response>(Exchange&)>;

struct Route {
  std::string_view method;  // GET also answers HEAD
  std::string_view path;
  bool takes_json = false;  // the body must be application/json
  ErrorShape errors = ErrorShape::plain;
  Handler handler;
  bool is_status = false;  // tells how the service is: answered also where connections run short
  bool has_request_id = false;  // every answer names the request: X-Request-Id
};

class Router {
 public:
  explicit Router(std::vector<Route> routes);

  // The route, or the answer of 404 and 405.
  [[nodiscard]] std::variant<const Route*, Response> find(std::string_view method,
                                                          std::string_view path) const;
  // How errors look at this path, whatever the method.
  [[nodiscard]] ErrorShape error_shape(std::string_view path) const;
  // Whether answers at this path name their request, whatever the method.
  [[nodiscard]] bool has_request_id(std::string_view path) const;

 private:
  struct Allowed {
    std::string_view path;
    std::string methods;  // "GET, HEAD"
  };

  std::vector<Route> routes_;
  std::vector<Allowed> allowed_;
};

// The path of a request target in origin or absolute form, without its query.
[[nodiscard]] std::string_view path_of_target(std::string_view target);

}  // namespace forkjail::http
