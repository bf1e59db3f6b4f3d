#include "zygote/written_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>

#include "sandbox/clone_process.h"
#include "zygote/warm_memory.h"

namespace forkjail::zygote {
namespace {

using sandbox::kPageBytes;
using sandbox::MemoryRange;

// Of the main thread's stack, to either side of the frame that asks.
constexpr std::size_t kHalfStackBytes = 32 * kPageBytes;

MemoryRange whole_pages(std::uintptr_t start, std::uintptr_t end) {
  start = start / kPageBytes * kPageBytes;
  end = (end + kPageBytes - 1) / kPageBytes * kPageBytes;
  return {start, end - start};
}

int add_writable_segments(dl_phdr_info* object, std::size_t, void* ranges) {
  for (const ElfW(Phdr) & segment : std::span(object->dlpi_phdr, object->dlpi_phnum)) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) == 0) continue;
    const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
    static_cast<std::vector<MemoryRange>*>(ranges)->push_back(
        whole_pages(start, start + segment.p_memsz));
  }
  return 0;
}

// Where a run can write, but for what it maps itself: there is no /proc/self/maps in the jail.
std::vector<MemoryRange> writable_memory() {
  std::vector<MemoryRange> ranges = warm_memory::regions();
  ::dl_iterate_phdr(add_writable_segments, &ranges);
  const auto frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  ranges.push_back(whole_pages(frame - kHalfStackBytes, frame + kHalfStackBytes));
  const auto thread = reinterpret_cast<std::uintptr_t>(__builtin_thread_pointer());
  ranges.push_back(whole_pages(thread - kPageBytes, thread + kPageBytes));
  std::ranges::sort(ranges, {}, &MemoryRange::start);
  return ranges;
}

// One byte for each page of some ranges, shared with the trial process.
class SharedMarks {
 public:
  explicit SharedMarks(std::size_t count) : count_(count) {
    void* const start =
        ::mmap(nullptr, count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (start != MAP_FAILED) start_ = static_cast<std::uint8_t*>(start);
  }
  ~SharedMarks() {
    if (start_ != nullptr) ::munmap(start_, count_);
  }
  SharedMarks(const SharedMarks&) = delete;
  SharedMarks& operator=(const SharedMarks&) = delete;

  std::span<std::uint8_t> all() const {
    return start_ == nullptr ? std::span<std::uint8_t>{} : std::span(start_, count_);
  }

 private:
  std::uint8_t* start_ = nullptr;
  std::size_t count_;
};

std::size_t pages_of(std::span<const MemoryRange> ranges) {
  std::size_t pages = 0;
  for (const MemoryRange& range : ranges) pages += range.bytes / kPageBytes;
  return pages;
}

long faults_so_far() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// Written by asking the kernel to, so that a page which is not there or is read-only is an error
// and no signal.
bool was_written(std::uintptr_t page) {
  const long before = faults_so_far();
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  if (::madvise(reinterpret_cast<void*>(page), kPageBytes, MADV_POPULATE_WRITE) != 0) return false;
  return faults_so_far() == before;
}

void mark_written_pages(std::span<const MemoryRange> memory, std::span<std::uint8_t> marks) {
  auto mark = marks.begin();
  for (const MemoryRange& range : memory) {
    for (std::size_t at = 0; at < range.bytes; at += kPageBytes) {
      *mark++ = was_written(range.start + at) ? 1 : 0;
    }
  }
}

std::vector<MemoryRange> marked_ranges(std::span<const MemoryRange> memory,
                                       std::span<const std::uint8_t> marks) {
  std::vector<MemoryRange> found;
  auto mark = marks.begin();
  for (const MemoryRange& range : memory) {
    for (std::size_t at = 0; at < range.bytes; at += kPageBytes) {
      if (*mark++ == 0) continue;
      const std::uintptr_t page = range.start + at;
      if (!found.empty() && page == found.back().start + found.back().bytes) {
        found.back().bytes += kPageBytes;
      } else {
        found.push_back({page, kPageBytes});
      }
    }
  }
  return found;
}

}  // namespace

std::vector<MemoryRange> learn_written_pages(const std::function<bool()>& exercise) {
  const std::vector<MemoryRange> memory = writable_memory();
  const SharedMarks marks(pages_of(memory));
  if (marks.all().empty()) return {};
  const auto trial = sandbox::clone_process(0);
  if (!trial.ok()) return {};
  if (trial->pid == 0) {
    // A huge page made by the scripts or by the questions would answer for all 512 small ones.
    ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (!exercise()) ::_exit(1);
    mark_written_pages(memory, marks.all());
    ::_exit(0);
  }
  int status = 0;
  while (::waitpid(trial->pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (status != 0) return {};
  return marked_ranges(memory, marks.all());
}

}  // namespace forkjail::zygote
