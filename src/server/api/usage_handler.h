// GET /usage: what the key that asks used, in the hour and the day that go on (UTC).
#pragma once

#include "http/router.h"

namespace forkjail::server {

[[nodiscard]] http::Route usage_route();

}  // namespace forkjail::server
