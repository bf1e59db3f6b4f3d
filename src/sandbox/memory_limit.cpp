#include "sandbox/memory_limit.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>

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

// A search for the smallest limit, in pages, under which one more page fits.
class Search {
 public:
  explicit Search(rlim_t hard) : hard_(hard) {}

  // Whether it fits under `page`, which lies between the bounds, and moves one of these there.
  Result<bool> probe(std::uint64_t page) {
    const auto fits = page_fits_under(page * kPage, hard_);
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
  rlim_t hard_;
  std::uint64_t refused_ = 0;
  std::uint64_t granted_ = kDataBytesMax / kPage;
};

}  // namespace

Result<std::uint64_t> measure_data_bytes(std::uint64_t guess_bytes) {
  rlimit inherited{};
  if (::getrlimit(RLIMIT_DATA, &inherited) != 0) return errno_error("getrlimit data");
  Search search(inherited.rlim_max);
  if (guess_bytes > 0) {
    if (auto status = search.begin_at((guess_bytes / kPage) + 1); !status) return status.error();
  }
  const auto page = search.finish();
  if (!page) return page.error();
  if (::setrlimit(RLIMIT_DATA, &inherited) != 0) return errno_error("setrlimit data");
  return (*page - 1) * kPage;
}

Status set_data_limit(std::uint64_t base_bytes, std::uint64_t own_bytes) {
  const rlimit limit{base_bytes + own_bytes, base_bytes + own_bytes};
  if (::setrlimit(RLIMIT_DATA, &limit) != 0) return errno_error("setrlimit data");
  return ok_status();
}

}  // namespace forkjail::sandbox
