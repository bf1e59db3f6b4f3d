// How the zygote learns from the kernel what is there: by whether touching it was a fault.
#pragma once

#include <sys/resource.h>

namespace forkjail::zygote {

// Of this process (getrusage(2)). A fault that had to be tried twice is a major one.
inline long page_faults_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-union-access): how glibc spells plain fields
  return usage.ru_minflt + usage.ru_majflt;
}

}  // namespace forkjail::zygote
