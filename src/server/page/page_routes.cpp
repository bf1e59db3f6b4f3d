#include "server/page/page_routes.h"

#include "server/page/page_response.h"

namespace forkjail::server {
namespace {

http::Route open_route(std::string_view path, http::Handler handler) {
  return {.path = path, .handler = std::move(handler), .open = true};
}

http::Route absent_route(std::string_view path) {
  return open_route(path, [](http::Exchange&) -> Task<http::Response> {
    co_return http::error_response(
        404, "this service was built without its page; /openapi.json describes the API");
  });
}

}  // namespace

std::vector<http::Route> page_routes(std::span<const PageFile> files) {
  std::vector<http::Route> routes;
  for (const PageFile& file : files) {
    routes.push_back(
        open_route(file.path, [&file](http::Exchange& exchange) -> Task<http::Response> {
          co_return page_response(file, exchange.request.headers);
        }));
  }
  if (files.empty()) routes = {absent_route("/"), absent_route("/docs")};
  return routes;
}

}  // namespace forkjail::server
