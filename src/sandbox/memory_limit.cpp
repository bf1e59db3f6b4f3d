#include "sandbox/memory_limit.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>

#include "base/limits.h"

namespace forkjail::sandbox {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kBytesMax = std::uint64_t{1} << 36;  // no warm image is larger

// Address space beyond a run's memory: the stacks of as many threads as it may have.
constexpr std::uint64_t kReservedBytes = kCellThreadsMax * 8 * kMiB;

// Whether one more page fits under a soft limit of `bytes`.
Result<bool> page_fits_under(__rlimit_resource resource, std::uint64_t bytes, rlim_t hard) {
  const rlimit limit{bytes, hard};
  if (::setrlimit(resource, &limit) != 0) return errno_error("setrlimit memory");
  void* page = ::mmap(nullptr, kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return false;
  ::munmap(page, kPage);
  return true;
}

// A search for the smallest limit, in pages, under which one more page fits.
class Search {
 public:
  Search(__rlimit_resource resource, rlim_t hard) : resource_(resource), hard_(hard) {}

  // Whether it fits under `page`, which lies between the bounds, and moves one of these there.
  Result<bool> probe(std::uint64_t page) {
    const auto fits = page_fits_under(resource_, page * kPage, hard_);
    if (fits.ok()) (*fits ? granted_ : refused_) = page;
    return fits;
  }

  // From a guess in growing steps, until the limit lies between two of them.
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

}  // namespace

Result<MemoryBase> measure_memory(const MemoryBase& guess) {
  if (guess.resource == RLIMIT_DATA) {
    const auto data = measure(RLIMIT_DATA, guess.bytes);
    if (!data) return data.error();
    if (*data != 0) return MemoryBase{RLIMIT_DATA, *data};
  }
  const auto space = measure(RLIMIT_AS, guess.resource == RLIMIT_AS ? guess.bytes : 0);
  if (!space) return space.error();
  if (*space == 0) return Error{"measure memory", 0, "no limit on it is held"};
  return MemoryBase{RLIMIT_AS, *space};
}

Status limit_memory(const MemoryBase& base, std::uint64_t own_bytes) {
  std::uint64_t slack = 0;
  if (base.resource == RLIMIT_AS) {
    slack = kReservedBytes;
    const rlimit heap{own_bytes, own_bytes};  // all that gVisor holds against it
    if (::setrlimit(RLIMIT_DATA, &heap) != 0) return errno_error("setrlimit data");
  }
  const rlim_t bytes = base.bytes + own_bytes + slack;
  const rlimit limit{bytes, bytes};
  if (::setrlimit(base.resource, &limit) != 0) return errno_error("setrlimit memory");
  return ok_status();
}

}  // namespace forkjail::sandbox
