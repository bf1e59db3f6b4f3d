#include "zygote/session_run.h"

#include <unistd.h>

#include "base/pipe.h"
#include "protocol/run_frames.h"
#include "sandbox/refused_calls.h"
#include "zygote/cell_run.h"
#include "zygote/file_calls.h"

namespace forkjail::zygote {
namespace {

using protocol::RunPart;

// Standard input at end of file, as a cell starts with it.
Status close_stdin() {
  auto pipe = make_pipe();
  if (!pipe) return pipe.error();
  if (::dup2(pipe->read_end.get(), protocol::kCellStdinFd) < 0) return errno_error("close stdin");
  return ok_status();
}

}  // namespace

void serve_in_session(PythonHost& host, CellRequest& request, const std::string& directory,
                      const KnownFile& known) {
  sandbox::reset_refused_calls();
  if (is_file_call(request.header().mode)) {
    return reply_to_file_call(request.header().mode, directory, request.part(RunPart::args));
  }
  if (const auto placed = place_files_of(request, PlacedOver::replaces); !placed) {
    return reply_not_begun("the files of the request could not be written", placed.error());
  }
  StdinFile& input = request.stdin_file();
  if (auto placed = input.is_there() ? input.place() : close_stdin(); !placed) {
    return reply_not_begun("stdin could not be written", placed.error());
  }
  run_and_reply(host, request, {.directory = directory, .known = known});
}

}  // namespace forkjail::zygote
