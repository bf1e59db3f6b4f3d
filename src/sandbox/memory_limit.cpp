#include "sandbox/memory_limit.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include "base/limits.h"

namespace forkjail::sandbox {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kDataBytesMax = std::uint64_t{1} << 36;  // no warm image is larger

// Whether one more page fits under a soft limit of `bytes`.
Result<bool> page_fits_under(std::uint64_t bytes, rlim_t hard) {
  const rlimit limit{bytes, hard};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) return errno_error("setrlimit data");
  void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  ::munmap(page, kPage);
  return true;
}

}  // namespace

Result<std::uint64_t> measure_data_bytes() {
  rlimit inherited{};
  if (::getrlimit(RLIMIT_DATA, &inherited) != 0) return errno_error("getrlimit data");
  std::uint64_t refused = 0;
  std::uint64_t granted = kDataBytesMax / kPage;
  while (granted - refused > 1) {
    const std::uint64_t middle = refused + ((granted - refused) / 2);
    const auto fits = page_fits_under(middle * kPage, inherited.rlim_max);
    if (!fits) return fits.error();
    (*fits ? granted : refused) = middle;
  }
  if (::setrlimit(RLIMIT_DATA, &inherited) != 0) return errno_error("setrlimit data");
  return (granted - 1) * kPage;
}

Status set_data_limit(std::uint64_t base_bytes, std::uint64_t own_bytes) {
  const rlimit limit{base_bytes + own_bytes, base_bytes + own_bytes};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) return errno_error("setrlimit data");
  return ok_status();
}

}  // namespace forkjail::sandbox
