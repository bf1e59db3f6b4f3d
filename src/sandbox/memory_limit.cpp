#include "sandbox/memory_limit.h"

#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/limits.h"

namespace forkjail::sandbox {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 36;  // no warm image is larger

// Address space beyond a run's memory: malloc's arenas, 64 MB each and twice that for a moment, and
// the read-only pages of late imports. Stacks are data and count as the run's memory.
constexpr int kArenasMax = 4;
constexpr std::uint64_t kReservedBytes = 512 * kMiB;

// Whether one more page fits under a soft limit of `bytes`.
Result<bool> page_fits_under(__rlimit_resource resource, std::uint64_t bytes, rlim_t hard) {
  const rlimit limit{bytes, hard};
  if (::setrlimit(resource, &limit) != 0) return errno_error("setrlimit memory");
  void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  ::munmap(page, kPage);
  return true;
}

// Searches for the smallest limit, in pages, under which one more page fits.
class Search {
 public:
  Search(__rlimit_resource resource, rlim_t hard) : resource_(resource), hard_(hard) {}

  // Whether it fits under `page`, which is between the bounds; moves one of the bounds there.
  Result<bool> probe(std::uint64_t page) {
    const auto fits = page_fits_under(resource_, page * kPage, hard_);
    if (fits.ok()) (*fits ? granted_ : refused_) = page;
    return fits;
  }

  // Starts at a guess and moves in growing steps until the limit is between two of them.
  Status begin_at(std::uint64_t page) {
    const auto guess_fits = probe(std::clamp(page, refused_ + 1, granted_ - 1));
    if (!guess_fits) return guess_fits.error();
    for (std::uint64_t step = 1; step < granted_ - refused_; step *= 2) {
      const auto fits = probe(*guess_fits ? granted_ - step : refused_ + step);
      if (!fits) return fits.error();
      if (*fits != *guess_fits) break;
    }
    return ok_status();
  }

  Result<std::uint64_t> finish() {
    while (granted_ - refused_ > 1) {
      const auto fits = probe(refused_ + ((granted_ - refused_) / 2));
      if (!fits) return fits.error();
    }
    return granted_;
  }

 private:
  __rlimit_resource resource_;
  rlim_t hard_;
  std::uint64_t refused_ = 0;
  std::uint64_t granted_ = kBytesMax / kPage;
};

Result<std::uint64_t> measure(__rlimit_resource resource, std::uint64_t guess_bytes) {
  rlimit inherited{};
  if (::getrlimit(resource, &inherited) != 0) return errno_error("getrlimit memory");
  Search search(resource, inherited.rlim_max);
  if (guess_bytes > 0) {
    if (auto status = search.begin_at((guess_bytes / kPage) + 1); !status) return status.error();
  }
  const auto page = search.finish();
  if (!page) return page.error();
  if (::setrlimit(resource, &inherited) != 0) return errno_error("setrlimit memory");
  return (*page - 1) * kPage;
}

// Soft and hard. EPERM: the service was started with a lower limit, which stays.
Status lower_to(__rlimit_resource resource, rlim_t bytes) {
  rlimit limit{bytes, bytes};
  if (::setrlimit(resource, &limit) == 0) return ok_status();
  if (errno != EPERM || ::getrlimit(resource, &limit) != 0) return errno_error("setrlimit memory");
  limit.rlim_cur = limit.rlim_max;
  if (::setrlimit(resource, &limit) != 0) return errno_error("setrlimit memory");
  return ok_status();
}

}  // namespace

void spare_address_space() { ::mallopt(M_ARENA_MAX, kArenasMax); }

Result<MemoryBase> measure_memory(MemoryBounds bounds, const MemoryBase& guess) {
  MemoryBase base;
  const bool data_is_not_held = guess.space_bytes != 0 && guess.data_bytes == 0;
  if (!data_is_not_held) {
    const auto data = measure(RLIMIT_DATA, guess.data_bytes);
    if (!data) return data.error();
    base.data_bytes = *data;
  }
  if (base.data_bytes != 0 && bounds == MemoryBounds::data) return base;
  const auto space = measure(RLIMIT_AS, guess.space_bytes);
  if (!space) return space.error();
  if (*space == 0) return Error{"measure memory", 0, "no limit on address space is held"};
  base.space_bytes = *space;
  return base;
}

Status limit_memory(const MemoryBase& base, std::uint64_t own_bytes) {
  // In gVisor this limits the heap, the only thing that it counts for RLIMIT_DATA.
  auto status = lower_to(RLIMIT_DATA, base.data_bytes + own_bytes);
  if (!status || base.space_bytes == 0) return status;
  return lower_to(RLIMIT_AS, base.space_bytes + own_bytes + kReservedBytes);
}

}  // namespace forkjail::sandbox
