// RAGFlow's executor manager, as its code component uses it: main() with arguments, whose value and
// whose files in artifacts/ go back.
#pragma once

#include <vector>

#include "server/compat/compat_run.h"

namespace forkjail::server {

[[nodiscard]] std::vector<http::Route> ragflow_routes(const CompatContext& context);

}  // namespace forkjail::server
