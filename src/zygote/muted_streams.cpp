#include "zygote/muted_streams.h"

#include <fcntl.h>
#include <unistd.h>

namespace forkjail::zygote {

Result<MutedStreams> MutedStreams::begin() {
  auto input = make_pipe();
  if (!input.ok()) return input.error();
  input->write_end.reset();
  auto output = make_pipe();
  if (!output.ok()) return output.error();
  MutedStreams muted;
  for (std::size_t i = 0; i < muted.saved_.size(); ++i) {
    const int descriptor = static_cast<int>(i);
    const int pipe = (descriptor == STDIN_FILENO ? input->read_end : output->write_end).get();
    muted.saved_[i].reset(fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
    if (!muted.saved_[i].valid() || dup2(pipe, descriptor) < 0) return errno_error("mute streams");
  }
  muted.output_ = std::move(*output);
  return muted;
}

MutedStreams::~MutedStreams() {
  for (std::size_t i = 0; i < saved_.size(); ++i) {
    if (saved_[i].valid()) dup2(saved_[i].get(), static_cast<int>(i));
  }
}

}  // namespace forkjail::zygote
