#include "attack/service_info.h"

#include <algorithm>
#include <boost/json/value.hpp>
#include <string_view>

namespace forkjail::attack {
namespace {

namespace json = boost::json;

// Null where it is not an object, or has no object of that name.
const json::object* object_at(const json::object* parent, std::string_view name) {
  const json::value* member = parent == nullptr ? nullptr : parent->if_contains(name);
  return member == nullptr ? nullptr : member->if_object();
}

// Whether /info names that layer with the state "off".
bool is_off(const json::object& isolation, std::string_view name) {
  const json::value* layers = isolation.if_contains("layers");
  if (layers == nullptr || !layers->is_array()) return false;
  const auto says = [](const json::value& layer, std::string_view member, std::string_view text) {
    const json::value* value = layer.is_object() ? layer.get_object().if_contains(member) : nullptr;
    return value != nullptr && *value == json::value(text);
  };
  return std::ranges::any_of(layers->get_array(), [&](const json::value& layer) {
    return says(layer, "name", name) && says(layer, "state", "off");
  });
}

}  // namespace

Result<ServiceInfo> read_service_info(const http_client::Deployment& deployment) {
  const auto info = deployment.get("/info");
  if (!info) return info.error();
  if (info->status != 200) {
    return Error{"GET /info", 0, "answered with status " + std::to_string(info->status)};
  }
  const json::object* answer = info->answer.if_object();
  const json::object* isolation = object_at(answer, "isolation");
  const json::value* level = isolation == nullptr ? nullptr : isolation->if_contains("level");
  if (level == nullptr || !level->is_string()) {
    return Error{"GET /info", 0, "the service is not ready: it reports no isolation level"};
  }
  ServiceInfo found;
  found.level = std::string(level->get_string());
  found.lacks_chroot = is_off(*isolation, "chroot");
  if (const json::object* pool = object_at(answer, "pool")) {
    const json::value* parked = pool->if_contains("parked_target");
    if (parked != nullptr && parked->is_number()) found.parked = parked->to_number<std::uint64_t>();
  }
  if (const json::object* limits = object_at(answer, "limits")) found.limits_max = *limits;
  return found;
}

}  // namespace forkjail::attack
