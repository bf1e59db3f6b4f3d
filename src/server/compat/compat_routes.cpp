#include "server/compat/compat_routes.h"

#include <algorithm>
#include <array>
#include <utility>

#include "server/compat/dify.h"
#include "server/compat/fastgpt.h"
#include "server/compat/jobe.h"
#include "server/compat/onyx.h"
#include "server/compat/piston.h"
#include "server/compat/ragflow.h"

namespace forkjail::server {
namespace {

constexpr std::string_view kFolder = "/compat/";

struct System {
  std::string_view name;
  std::vector<http::Route> (*routes)(const CompatContext&);
};
constexpr std::array kSystems{
    System{"dify", dify_routes},     System{"fastgpt", fastgpt_routes},
    System{"jobe", jobe_routes},     System{"onyx", onyx_routes},
    System{"piston", piston_routes}, System{"ragflow", ragflow_routes},
};

bool has_path(std::span<const http::Route> routes, std::string_view path) {
  return std::ranges::find(routes, path, &http::Route::path) != routes.end();
}

}  // namespace

std::vector<std::string> compat_names() {
  std::vector<std::string> names;
  for (const System& system : kSystems) names.emplace_back(system.name);
  return names;
}

std::vector<http::Route> compat_routes(const CompatContext& context,
                                       std::span<const std::string> at_root,
                                       std::span<const http::Route> taken) {
  std::vector<http::Route> all;
  for (const System& system : kSystems) {
    const bool is_at_root = std::ranges::find(at_root, system.name) != at_root.end();
    for (http::Route& route : system.routes(context)) {
      const std::string_view below = route.path.substr(kFolder.size() + system.name.size());
      if (is_at_root && !has_path(taken, below)) {
        all.push_back(route);
        all.back().path = below;
      }
      all.push_back(std::move(route));
    }
  }
  return all;
}

}  // namespace forkjail::server
