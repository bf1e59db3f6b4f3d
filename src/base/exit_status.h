// The exit statuses by which a process manager knows whether another try can help. sysexits(3) has
// no such pair.
#pragma once

namespace forkjail {

inline constexpr int kExitFailed = 1;       // this time: another try may succeed
inline constexpr int kExitCannotServe = 2;  // wrong flags, or a place that allows no isolation

}  // namespace forkjail
