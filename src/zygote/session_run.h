// The requests of a process that serves several, one at a time: with its files, its standard input,
// or one of the calls on files that run no script. Cell, in a session.
#pragma once

#include <string>

#include "zygote/cell_request.h"
#include "zygote/left_files.h"
#include "zygote/python_host.h"

namespace forkjail::zygote {

class SessionRuns {
 public:
  // `directory`: the working directory. `host` outlives this.
  SessionRuns(PythonHost& host, std::string directory)
      : host_(host), directory_(std::move(directory)) {}

  // From the request's files to the last frame of the reply. `known`: the files that the run did
  // not change.
  void serve(CellRequest& request, const KnownFile& known);

  // Between two requests: does what the next run need not wait for then, and would do itself.
  void prepare_next();

 private:
  Status place_stdin(StdinFile& input);

  PythonHost& host_;
  std::string directory_;
  bool stdin_is_at_end_ = false;  // since no script has run, or prepare_next()
};

}  // namespace forkjail::zygote
