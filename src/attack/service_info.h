// What a deployment's /info says that decides how a case of the battery is judged.
//
// `forkjail attack`, once before the first case.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "http_client/deployment.h"

namespace forkjail::attack {

struct ServiceInfo {
  std::string level;          // of isolation, "full" or "fallback"
  bool lacks_chroot = false;  // and has no mount namespace instead of it
  std::uint64_t parked = 0;   // cells that were cloned before an attack and will serve after it
  boost::json::object limits_max;  // no run may ask for more

  [[nodiscard]] bool is_full() const { return level == "full"; }
};

// An Error where the service is not ready: then it names no isolation level.
[[nodiscard]] Result<ServiceInfo> read_service_info(const http_client::Deployment& deployment);

}  // namespace forkjail::attack
