// The supervisor process: the one part of the service that keeps privilege. Starts nsjail and the
// zygote, makes and clears cells with their uids and cgroups, kills and reaps them. It parses
// nothing from the network and nothing from a cell but wait statuses.
#pragma once

#include "base/unique_fd.h"
#include "supervisor/config.h"

namespace forkjail::supervisor {

// Serves `server_socket` (protocol/supervisor_channel.h) until its peer is gone, then ends every
// cell and zygote, removes what it made and returns the exit code of the process.
int supervise(const Config& config, UniqueFd server_socket);

}  // namespace forkjail::supervisor
