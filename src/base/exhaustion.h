// Failures for lack of a resource that may be available again a moment later: memory, descriptors,
// processes, disk space. Such a failure is worth a retry; other failures of a start are not.
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

// The errno that a message names, in the form in which libraries pass it on ("libx.so: Cannot
// allocate memory"); 0 if it names none.
[[nodiscard]] inline int exhaustion_named_in(std::string_view message) {
  for (const int sys_errno : kExhaustionErrnos) {
    if (message.find(std::strerror(sys_errno)) != std::string_view::npos) return sys_errno;
  }
  return 0;
}

}  // namespace forkjail
