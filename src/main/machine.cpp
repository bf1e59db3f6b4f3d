#include "main/machine.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "base/limits.h"

namespace forkjail {

unsigned usable_cpus(const supervisor::OwnLimits& limits) {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const double cpus = std::min<double>(CPU_COUNT(&set), std::ceil(limits.cpus.value_or(1e9)));
  return static_cast<unsigned>(std::max(cpus, 1.0));
}

std::uint64_t descriptors_max() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max : 0;
}

std::uint64_t usable_memory_bytes(const supervisor::OwnLimits& limits) {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  std::uint64_t bytes = 1'024 * kMiB;
  if (pages > 0 && page > 0) {
    bytes = static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page);
  }
  return std::min(bytes, limits.memory_bytes.value_or(bytes));
}

std::string installed(std::string_view name) {
  std::error_code ec;
  const auto binary = std::filesystem::read_symlink("/proc/self/exe", ec);
  const auto prefix = ec ? std::filesystem::path("/usr/local") : binary.parent_path().parent_path();
  return (prefix / "lib" / "forkjail" / name).string();
}

std::string host_name() {
  std::array<char, HOST_NAME_MAX + 1> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

bool on_cloud_run() { return std::getenv("K_SERVICE") != nullptr; }

}  // namespace forkjail
