#include "zygote/muted_output.h"

#include <fcntl.h>
#include <unistd.h>

namespace forkjail::zygote {
namespace {

constexpr int descriptor_of(std::size_t index) { return static_cast<int>(index) + STDOUT_FILENO; }

}  // namespace

Result<MutedOutput> MutedOutput::begin() {
  auto pipe = make_pipe();
  if (!pipe.ok()) return pipe.error();
  MutedOutput muted;
  for (std::size_t i = 0; i < muted.saved_.size(); ++i) {
    muted.saved_[i].reset(fcntl(descriptor_of(i), F_DUPFD_CLOEXEC, 0));
    if (!muted.saved_[i].valid() || dup2(pipe->write_end.get(), descriptor_of(i)) < 0) {
      return errno_error("mute output");
    }
  }
  muted.pipe_ = std::move(*pipe);
  return muted;
}

MutedOutput::~MutedOutput() {
  for (std::size_t i = 0; i < saved_.size(); ++i) {
    if (saved_[i].valid()) dup2(saved_[i].get(), descriptor_of(i));
  }
}

}  // namespace forkjail::zygote
