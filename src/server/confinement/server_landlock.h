// Closes the file system to the server, and what else Landlock can close. Server, after its
// privileges are gone and before the first connection is accepted.
#pragma once

#include <vector>

#include "base/result.h"
#include "protocol/zygote_report.h"

namespace forkjail::server {

// No file can be opened, no TCP port bound or connected to, no process outside signalled. What this
// kernel cannot confine is off in the returned list; the service still starts, as the server
// holds no privilege any more. Any Error means: do not serve.
Result<std::vector<protocol::Layer>> confine_self();

}  // namespace forkjail::server
