#include "zygote/stdin_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "base/io.h"
#include "base/limits.h"
#include "protocol/run_frames.h"

namespace forkjail::zygote {
namespace {
constexpr std::size_t kPieceBytes = 64 * kKiB;  // a pipe's usual capacity
}  // namespace

bool StdinFile::fill(int pipe, std::size_t bytes) {
  is_there_ = true;
  written_ = open();
  std::vector<std::byte> buffer(std::min(bytes, kPieceBytes));
  while (bytes > 0) {
    const std::span piece = std::span(buffer).first(std::min(bytes, buffer.size()));
    if (!read_exactly(pipe, piece)) return false;
    if (written_) written_ = write_all(file_.get(), piece);
    bytes -= piece.size();
  }
  return true;
}

Status StdinFile::open() {
  file_.reset(::open(directory_, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file_.valid()) return ok_status();  // gVisor has no unnamed files
  const std::string name = std::string(directory_) + "/.stdin";
  file_.reset(::open(name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600));
  if (!file_.valid() || ::unlink(name.c_str()) != 0) return errno_error("make stdin");
  return ok_status();
}

Status StdinFile::place() {
  if (!is_there_ || !written_) return written_;
  if (::lseek(file_.get(), 0, SEEK_SET) != 0) return errno_error("rewind stdin");
  if (::dup2(file_.get(), protocol::kCellStdinFd) < 0) return errno_error("place stdin");
  file_.reset();
  return ok_status();
}

}  // namespace forkjail::zygote
