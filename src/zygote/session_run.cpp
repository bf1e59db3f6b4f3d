#include "zygote/session_run.h"

#include <unistd.h>

#include <utility>

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
  if (pipe->read_end.get() == protocol::kCellStdinFd) {  // a script had closed it
    (void)pipe->read_end.release();
    return ok_status();
  }
  if (::dup2(pipe->read_end.get(), protocol::kCellStdinFd) < 0) return errno_error("close stdin");
  return ok_status();
}

}  // namespace

void SessionRuns::serve(CellRequest& request, const KnownFile& known) {
  sandbox::reset_refused_calls();
  if (is_file_call(request.header().mode)) {
    return reply_to_file_call(request.header().mode, directory_, request.part(RunPart::args));
  }
  if (const auto placed = place_files_of(request, PlacedOver::replaces); !placed) {
    return reply_not_begun("the files of the request could not be written", placed.error());
  }
  if (const auto placed = place_stdin(request.stdin_file()); !placed) {
    return reply_not_begun("stdin could not be written", placed.error());
  }
  run_and_reply(host_, request, {.directory = directory_, .known = known});
}

Status SessionRuns::place_stdin(StdinFile& input) {
  const bool is_at_end = std::exchange(stdin_is_at_end_, false);
  if (input.is_there()) return input.place();
  return is_at_end ? ok_status() : close_stdin();
}

void SessionRuns::prepare_next() {
  if (!stdin_is_at_end_) stdin_is_at_end_ = close_stdin().ok();
  host_.prepare_next_run();
}

}  // namespace forkjail::zygote
