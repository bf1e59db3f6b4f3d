// Reads and writes as they are needed everywhere: whole ones on blocking descriptors, which loop
// over short counts and EINTR.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "base/result.h"

namespace forkjail {

// Writes all bytes. Errors: as write(2).
Status write_all(int fd, std::span<const std::byte> bytes);

// Fills `bytes`. End of file before that is an Error with sys_errno 0 and detail "end of file".
Status read_exactly(int fd, std::span<std::byte> bytes);

// Reads a small file whole (a /proc or cgroup file, a script). Errors: as open(2), read(2); EFBIG
// when it holds more than bytes_max.
Result<std::string> read_file(const std::string& path, std::size_t bytes_max = 1 << 20);

// Opens without following a last-component symlink, writes once, closes. For cgroup and /proc
// files.
Status write_file(const std::string& path, std::string_view text);

// Of the open file, so of all descriptors of it. Errors: as fcntl(2), F_SETFL.
Status set_nonblocking(int fd);

}  // namespace forkjail
