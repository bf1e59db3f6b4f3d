// One run in this process, from the request's files to the reply (protocol/run_frames.h). Cell.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "zygote/cell_request.h"
#include "zygote/left_files.h"
#include "zygote/python_host.h"
#include "zygote/request_files.h"

namespace forkjail::zygote {

// Sends the reply's last frame for what cannot be done of a request that the server has checked:
// nothing of the script has run.
void reply_not_begun(std::string_view what, const Error& error);

// Writes the request's files into the current directory and gives their memory back. Errors: what a
// full scratch says.
Result<std::vector<PlacedFile>> place_files_of(CellRequest& request,
                                               PlacedOver over = PlacedOver::nothing);

// How the files of a run are looked at, if it sends them back.
struct AfterRun {
  std::string directory;      // the working directory
  KnownFile known;            // which files the run did not change
  bool process_ends = false;  // descriptors that the script left open can be closed
};

// Runs the script and sends all frames of the reply.
void run_and_reply(PythonHost& host, const CellRequest& request, const AfterRun& after);

}  // namespace forkjail::zygote
