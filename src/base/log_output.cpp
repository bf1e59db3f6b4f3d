#include "base/log_output.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "base/unique_fd.h"

namespace forkjail {
namespace {

static_assert(LogOutput::kWriteBytesMax <= PIPE_BUF);

bool is_the_same_file(int one, int other) {
  struct stat a{};
  struct stat b{};
  return ::fstat(one, &a) == 0 && ::fstat(other, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino && a.st_rdev == b.st_rdev;
}

// Whether one write fits; for a pipe that means PIPE_BUF bytes. Also true if the reader is gone,
// because then a write fails without waiting.
bool has_room(int fd) {
  pollfd polled{fd, POLLOUT, 0};
  return ::poll(&polled, 1, 0) == 1;
}

}  // namespace

LogOutput::LogOutput(int fd) : fd_(fd), way_(take_over(fd)) {}

LogOutput::Way LogOutput::take_over(int fd) {
  struct stat found{};
  // A reopened file would have its own offset and overwrite lines that others append.
  if (::fstat(fd, &found) != 0 || S_ISREG(found.st_mode)) return Way::plain;
  if (S_ISSOCK(found.st_mode)) return Way::socket;
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const UniqueFd own(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!own.valid() || !is_the_same_file(own.get(), fd)) return Way::polled;
  return ::dup2(own.get(), fd) == fd ? Way::own : Way::polled;
}

void LogOutput::write(std::string_view line) {
  flush();
  keep(line);
  flush();
  if (pending() && left_pending_) left_pending_();
}

// After a dropped line, no line is kept until half of the buffer is free: otherwise, with a slow
// reader, every other line would be a report of dropped lines.
void LogOutput::keep(std::string_view line) {
  if (dropping_ && held() <= kPendingBytesMax / 2) say_dropped();
  dropping_ = dropping_ || held() + line.size() > kPendingBytesMax;
  if (dropping_) {
    ++dropped_;
    ++untold_;
    return;
  }
  if (written_ > kPendingBytesMax) pending_.erase(0, std::exchange(written_, 0));
  pending_.append(line);
}

void LogOutput::say_dropped() {
  dropping_ = false;
  const std::uint64_t lines = std::exchange(untold_, 0);
  if (notice_) pending_.append(notice_(lines));
}

// After a failed write the lines stay in the buffer: a full disk may have room again later.
void LogOutput::flush() {
  while (pending()) {
    const long written = write_once(next_piece());
    if (written <= 0) return;
    written_ += static_cast<std::size_t>(written);
    if (held() > 0) continue;
    pending_.clear();
    written_ = 0;
    if (dropping_) say_dropped();
  }
}

// Complete lines, as many as fit into one write.
std::string_view LogOutput::next_piece() const {
  const auto rest = std::string_view(pending_).substr(written_);
  if (rest.size() <= kWriteBytesMax) return rest;
  const auto end = rest.rfind('\n', kWriteBytesMax - 1);
  return rest.substr(0, end == std::string_view::npos ? kWriteBytesMax : end + 1);
}

long LogOutput::write_once(std::string_view bytes) const {
  if (way_ == Way::polled && !has_room(fd_)) return 0;
  ssize_t written = 0;
  do {
    written = way_ == Way::socket
                  ? ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                  : ::write(fd_, bytes.data(), bytes.size());
  } while (written < 0 && errno == EINTR);
  return written;
}

void LogOutput::finish(std::chrono::milliseconds time_max) {
  const auto deadline = std::chrono::steady_clock::now() + time_max;
  flush();
  while (pending()) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd polled{fd_, POLLOUT, 0};
    if (left.count() <= 0 || ::poll(&polled, 1, static_cast<int>(left.count())) <= 0) return;
    const std::size_t before = held();
    flush();
    if (held() == before) return;  // no room after all: the reader is gone, or the disk is full
  }
}

}  // namespace forkjail
