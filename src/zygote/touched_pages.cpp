#include "zygote/touched_pages.h"

#include <link.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <new>
#include <span>

#include "sandbox/clone_process.h"
#include "zygote/library_mappings.h"
#include "zygote/page_faults.h"
#include "zygote/warm_memory.h"

namespace forkjail::zygote {
namespace {

using sandbox::kFaultAroundBytes;
using sandbox::kPageBytes;
using sandbox::MemoryRange;

// Part of the main thread's stack, to both sides of the current frame.
constexpr std::size_t kHalfStackBytes = 32 * kPageBytes;

constexpr std::size_t kWrittenMax = 1024;  // ranges; a run has some hundreds
constexpr std::size_t kReadMax = 512;

// A fault maps its own stretch and, from Linux 6.18 on, every large folio that overlaps it. In a
// single trial, probing one stretch would map half of the next, and every second stretch of a
// library that no run uses would look touched. So neighbouring stretches are probed in different
// trials; four trials suffice for folios up to 128 KB. With larger folios some untouched stretches
// are taken for touched, which costs a cell one fault each.
constexpr std::size_t kTrials = 4;

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

// The memory that a run can write, except what it maps itself. The jail has no /proc/self/maps.
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

// The findings of the trial process, in memory shared with the zygote. What does not fit is not
// learned.
struct Findings {  // NOLINT(*-member-init): fresh pages are zero
  bool complete = false;
  std::size_t written_count = 0;
  std::size_t read_count = 0;
  std::array<MemoryRange, kWrittenMax> written;
  std::array<std::uintptr_t, kReadMax> read;

  void add_written(std::uintptr_t page) {
    if (written_count > 0) {
      MemoryRange& last = written[written_count - 1];
      if (page == last.start + last.bytes) {
        last.bytes += kPageBytes;
        return;
      }
    }
    if (written_count < written.size()) written[written_count++] = {page, kPageBytes};
  }
  void add_read(std::uintptr_t address) {
    if (read_count < read.size()) read[read_count++] = address;
  }
};

class SharedFindings {
 public:
  SharedFindings() {
    void* const start = ::mmap(nullptr, sizeof(Findings), PROT_READ | PROT_WRITE,
                               MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (start != MAP_FAILED) findings_ = ::new (start) Findings;
  }
  ~SharedFindings() {
    if (findings_ != nullptr) ::munmap(findings_, sizeof(Findings));
  }
  SharedFindings(const SharedFindings&) = delete;
  SharedFindings& operator=(const SharedFindings&) = delete;

  Findings* get() const { return findings_; }

 private:
  Findings* findings_ = nullptr;
};

// Whether the page is already in the state that `advice` (MADV_POPULATE_WRITE or _READ) would
// create. Using madvise(2), a missing or read-only page is an error and not a signal.
bool was_touched(std::uintptr_t page, int advice) {
  const long before = page_faults_so_far();
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  if (::madvise(reinterpret_cast<void*>(page), kPageBytes, advice) != 0) return false;
  return page_faults_so_far() == before;
}

void look_at_memory(std::span<const MemoryRange> memory, Findings& findings) {
  for (const MemoryRange& range : memory) {
    for (std::uintptr_t page = range.start; page < range.start + range.bytes; page += kPageBytes) {
      if (was_touched(page, MADV_POPULATE_WRITE)) findings.add_written(page);
    }
  }
}

// One address of each stretch that the kernel maps at one fault: the first stretch begins with the
// mapping, the others at multiples of their size. A library's parts are adjacent in one mapping
// (library_mappings.h), so probing at the border of two parts would find what the first probe
// mapped.
std::vector<std::uintptr_t> stretches_of(std::span<const MemoryRange> code) {
  std::vector<std::uintptr_t> stretches;
  std::uintptr_t next = 0;
  std::uintptr_t mapping_end = 0;
  for (const MemoryRange& range : code) {
    const bool is_new = range.start != mapping_end;
    std::uintptr_t at = is_new ? range.start : next;
    mapping_end = range.start + range.bytes;
    while (at < mapping_end) {
      stretches.push_back(at);
      const bool is_first = is_new && at == range.start;
      at = is_first ? at + kFaultAroundBytes : (at / kFaultAroundBytes + 1) * kFaultAroundBytes;
    }
    next = at;
  }
  return stretches;
}

// Probes every kTrials-th of them, starting with number `trial`.
void look_at_stretches(std::span<const std::uintptr_t> stretches, std::size_t trial,
                       Findings& findings) {
  for (std::size_t i = trial; i < stretches.size(); i += kTrials) {
    if (was_touched(stretches[i], MADV_POPULATE_READ)) findings.add_read(stretches[i]);
  }
}

// Runs one trial in a process of its own; `number` counts from 0. Whether it succeeded.
bool run_trial(std::size_t number, const std::function<bool()>& exercise,
               std::span<const MemoryRange> writable, std::span<const std::uintptr_t> stretches,
               Findings& findings) {
  findings.complete = false;
  const auto trial = sandbox::clone_process(0);
  if (!trial.ok()) return false;
  if (trial->pid == 0) {
    // A huge page created by the scripts or by a probe would answer for all its 512 small pages.
    ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    if (!exercise()) ::_exit(1);
    if (number == 0) look_at_memory(writable, findings);
    look_at_stretches(stretches, number, findings);
    findings.complete = true;
    ::_exit(0);
  }
  while (::waitpid(trial->pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return findings.complete;
}

}  // namespace

TouchTrial::TouchTrial() : writable_(writable_memory()) {
  const std::vector<MemoryRange> code = file_code();
  stretches_ = stretches_of(code);
  drop_file_pages(code);  // making the list read the first page of each library
}

sandbox::TouchedPages TouchTrial::learn(const std::function<bool()>& exercise) const {
  sandbox::TouchedPages pages;
  // Now and not after the trials, in which allocations must be where they will be in a cell.
  pages.written.reserve(kWrittenMax);
  pages.read.reserve(kReadMax);
  const SharedFindings shared;
  Findings* const findings = shared.get();
  if (findings == nullptr) return pages;
  for (std::size_t number = 0; number < kTrials; ++number) {
    if (!run_trial(number, exercise, writable_, stretches_, *findings)) return pages;
  }
  pages.written.assign(findings->written.begin(),
                       findings->written.begin() + findings->written_count);
  pages.read.assign(findings->read.begin(), findings->read.begin() + findings->read_count);
  return pages;
}

sandbox::TouchedPages TouchTrial::learn_written(const std::function<bool()>& exercise) const {
  sandbox::TouchedPages pages;
  pages.written.reserve(kWrittenMax);
  const SharedFindings shared;
  Findings* const findings = shared.get();
  if (findings == nullptr || !run_trial(0, exercise, writable_, {}, *findings)) return pages;
  pages.written.assign(findings->written.begin(),
                       findings->written.begin() + findings->written_count);
  return pages;
}

}  // namespace forkjail::zygote
