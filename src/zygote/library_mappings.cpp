#include "zygote/library_mappings.h"

#include <link.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "sandbox/prefault.h"
#include "zygote/huge_pages.h"

extern "C" const char etext;  // NOLINT(readability-identifier-naming): the linker's

namespace forkjail::zygote {
namespace {

using sandbox::kPageBytes;

// Whole pages of the address space.
struct PageRange {
  std::uintptr_t start = 0;
  std::uintptr_t end = 0;

  std::size_t bytes() const { return end - start; }
};

struct Image {
  PageRange code;               // of the program itself, its constants behind it
  std::vector<PageRange> data;  // of all libraries
};

std::uintptr_t page_down(std::uintptr_t address) { return address / kPageBytes * kPageBytes; }
std::uintptr_t page_up(std::uintptr_t address) { return page_down(address + kPageBytes - 1); }

void protect(const PageRange& pages, int protection) {
  if (pages.end <= pages.start) return;
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  (void)::mprotect(reinterpret_cast<void*>(pages.start), pages.bytes(), protection);
}

PageRange pages_of(const dl_phdr_info& object, const ElfW(Phdr) & segment) {
  const std::uintptr_t start = object.dlpi_addr + segment.p_vaddr;
  return {page_down(start), page_up(start + segment.p_memsz)};
}

bool is_program(const dl_phdr_info& object) {
  return object.dlpi_addr == 0 && object.dlpi_name[0] == '\0';
}

// Excludes the vDSO, which has no data and belongs to the kernel.
bool is_of_a_file(std::span<const ElfW(Phdr)> segments) {
  return std::ranges::any_of(segments, [](const auto& segment) {
    return segment.p_type == PT_LOAD && (segment.p_flags & PF_W) != 0;
  });
}

// Whether the linker wrote into its code; then the pages would differ from the file. None of our
// libraries is like that.
bool has_relocated_code(const dl_phdr_info& object, std::span<const ElfW(Phdr)> segments) {
  for (const auto& segment : segments) {
    if (segment.p_type != PT_DYNAMIC) continue;
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    const auto* entry = reinterpret_cast<const ElfW(Dyn)*>(object.dlpi_addr + segment.p_vaddr);
    for (; entry->d_tag != DT_NULL; ++entry) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) return true;
    }
  }
  return false;
}

int merge_mappings_of(dl_phdr_info* object, std::size_t, void* context) {
  Image& image = *static_cast<Image*>(context);
  const std::span segments(object->dlpi_phdr, object->dlpi_phnum);
  if (!is_of_a_file(segments)) return 0;
  const bool of_program = is_program(*object);
  for (const auto& segment : segments) {
    const PageRange pages = pages_of(*object, segment);
    if (segment.p_type == PT_GNU_RELRO) {
      // The linker protected whole pages only: the last one, shared with data, is already writable.
      const std::uintptr_t end = object->dlpi_addr + segment.p_vaddr + segment.p_memsz;
      protect({pages.start, page_down(end)}, PROT_READ | PROT_WRITE);
    }
    if (segment.p_type != PT_LOAD) continue;
    if ((segment.p_flags & PF_W) == 0) {
      protect(pages, PROT_READ | PROT_EXEC);
      if (of_program && (segment.p_flags & PF_X) != 0) image.code = pages;
    } else if (!of_program) {
      image.data.push_back(pages);
    }
  }
  return 0;
}

// The end of the last huge page with code of the program. The linker puts the constants behind the
// code; constants beyond this end are not worth private memory. end(3)
std::uintptr_t program_code_end() {
  const auto end = reinterpret_cast<std::uintptr_t>(&etext);
  return (end + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

// The program is linked to begin at a multiple of 2 MB with nothing behind it up to the next
// multiple. If the code ends before the next huge page, zeros follow, so that the last page is
// complete.
void put_code_on_huge_pages(PageRange code) {
  if (code.start % kHugePageBytes != 0 || code.bytes() == 0) return;
  const std::uintptr_t end = program_code_end();
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  void* const behind = reinterpret_cast<void*>(code.end);
  if (end > code.end &&
      ::mmap(behind, end - code.end, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
             -1, 0) == behind) {
    code.end = end;
  }
  code.end = std::min(code.end, end);
  HugePages pages(code.bytes());
  (void)pages.put_in_place(code.start, code.end, PROT_READ | PROT_EXEC);
}

void put_data_on_huge_pages(std::span<const PageRange> data) {
  std::size_t bytes = 0;
  for (const PageRange& range : data) bytes += range.bytes();
  HugePages pages(bytes);
  for (const PageRange& range : data) {
    (void)pages.put_in_place(range.start, range.end, PROT_READ | PROT_WRITE);
  }
}

int add_code_of(dl_phdr_info* object, std::size_t, void* ranges) {
  const std::span segments(object->dlpi_phdr, object->dlpi_phnum);
  if (!is_of_a_file(segments) || has_relocated_code(*object, segments)) return 0;
  for (const auto& segment : segments) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    PageRange pages = pages_of(*object, segment);
    if (is_program(*object)) pages.start = std::max(pages.start, program_code_end());
    if (pages.start >= pages.end) continue;
    static_cast<std::vector<sandbox::MemoryRange>*>(ranges)->push_back(
        {pages.start, pages.bytes()});
  }
  return 0;
}

}  // namespace

std::vector<sandbox::MemoryRange> file_code() {
  std::vector<sandbox::MemoryRange> ranges;
  ::dl_iterate_phdr(add_code_of, &ranges);
  return ranges;
}

void drop_file_pages(std::span<const sandbox::MemoryRange> code) {
  for (const auto& [start, bytes] : code) {
    // NOLINTNEXTLINE(performance-no-int-to-ptr)
    (void)::madvise(reinterpret_cast<void*>(start), bytes, MADV_DONTNEED);
  }
}

void merge_library_mappings(bool on_huge_pages) {
  Image image;
  ::dl_iterate_phdr(merge_mappings_of, &image);
  if (!on_huge_pages) return;
  put_code_on_huge_pages(image.code);
  put_data_on_huge_pages(image.data);
}

}  // namespace forkjail::zygote
