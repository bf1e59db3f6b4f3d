// Counts page faults, from which the zygote learns whether a page was already mapped.
#pragma once

#include <sys/resource.h>

namespace forkjail::zygote {

// Page faults of this process (getrusage(2)). A fault that had to be retried is a major one.
inline long page_faults_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-union-access): how glibc spells plain fields
  return usage.ru_minflt + usage.ru_majflt;
}

}  // namespace forkjail::zygote
