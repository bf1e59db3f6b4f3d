// Failures by a lack of something that may be there a moment later: memory, descriptors, processes,
// room on a disk. What fails so is worth another try; every other failure of a start is not.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace forkjail {

inline constexpr std::array kExhaustionErrnos{ENOMEM, EAGAIN, EMFILE,  ENFILE,
                                              ENOSPC, EDQUOT, ENOBUFS, ETXTBSY};

[[nodiscard]] inline bool is_exhaustion(int sys_errno) {
  return std::ranges::find(kExhaustionErrnos, sys_errno) != kExhaustionErrnos.end();
}

// The one that a message names, as libraries pass them on ("libx.so: Cannot allocate memory"); 0 if
// it names none.
[[nodiscard]] inline int exhaustion_named_in(std::string_view message) {
  for (const int sys_errno : kExhaustionErrnos) {
    if (message.find(std::strerror(sys_errno)) != std::string_view::npos) return sys_errno;
  }
  return 0;
}

}  // namespace forkjail
