// The supervisor process: the one part of the service that keeps privilege. Starts nsjail and the
// zygote, makes and clears cells with their uids and cgroups, kills and reaps them. It parses
// nothing from the network. Of cells it reads wait statuses, the frames of the first cell of each
// zygote (which runs a trusted script), and, where no tmpfs bounds them, the sizes of their files.
#pragma once

#include "base/log_output.h"
#include "base/unique_fd.h"
#include "supervisor/config.h"

namespace forkjail::supervisor {

// Serves `server_socket` (protocol/supervisor_channel.h) until its peer is gone, then ends every
// cell and zygote, removes what it made and returns the exit code of the process. `log` is where
// spdlog's lines go.
int supervise(const Config& config, LogOutput& log, UniqueFd server_socket);

}  // namespace forkjail::supervisor
