// One request in a process that serves several: with its files, its standard input, or one of the
// calls on files that run no script. Cell, in a session.
#pragma once

#include <string>

#include "zygote/cell_request.h"
#include "zygote/left_files.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

// From the request's files to the last frame of the reply. `directory`: the working directory.
// `known`: the files that the run did not change.
void serve_in_session(PythonHost& host, CellRequest& request, const std::string& directory,
                      const KnownFile& known);

}  // namespace forkjail::zygote
