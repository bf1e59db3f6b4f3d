// A pipe as two owned ends, close-on-exec from birth (pipe2(2)).
#pragma once

#include "base/result.h"
#include "base/unique_fd.h"

namespace forkjail {

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

// flags: O_NONBLOCK applies to both ends. Errors: EMFILE, ENFILE.
Result<Pipe> make_pipe(int flags = 0);

// The same with a stream socket: both ends can be read and written (unix(7)).
Result<Pipe> make_stream_pair();

}  // namespace forkjail
