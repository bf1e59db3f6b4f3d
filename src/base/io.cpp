#include "base/io.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "base/unique_fd.h"

namespace forkjail {

Status write_all(int fd, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno_error("write");
    }
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return ok_status();
}

Status read_exactly(int fd, std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::read(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno_error("read");
    }
    if (n == 0) return Error{"read", 0, "end of file"};
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return ok_status();
}

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return errno_error("open " + path);
  std::string text;
  std::array<char, 4096> buffer;  // NOLINT(*-member-init): read(2) fills it
  for (;;) {
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno_error("read " + path);
    }
    if (n == 0) return text;
    if (text.size() + static_cast<std::size_t>(n) > bytes_max)
      return Error{"read " + path, EFBIG, {}};
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

Status write_file(const std::string& path, std::string_view text) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) return errno_error("open " + path);
  const ssize_t n = ::write(fd.get(), text.data(), text.size());
  if (n < 0) return errno_error("write " + path);
  if (static_cast<std::size_t>(n) != text.size()) return Error{"write " + path, EIO, "short write"};
  return ok_status();
}

Status set_nonblocking(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
    return errno_error("set O_NONBLOCK");
  }
  return ok_status();
}

}  // namespace forkjail
