#include "zygote/library_mappings.h"

#include <link.h>
#include <sys/mman.h>

#include <cstdint>
#include <span>

#include "sandbox/prefault.h"

namespace forkjail::zygote {
namespace {

using sandbox::kPageBytes;

// Where this fails the mappings stay as they were, which is as right and only slower.
void protect(std::uintptr_t start, std::uintptr_t end, int protection) {
  start = start / kPageBytes * kPageBytes;
  end = (end + kPageBytes - 1) / kPageBytes * kPageBytes;
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  if (end > start) (void)::mprotect(reinterpret_cast<void*>(start), end - start, protection);
}

bool has_code(std::span<const ElfW(Phdr)> segments) {
  for (const auto& segment : segments) {
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0) return true;
  }
  return false;
}

int merge_mappings_of(dl_phdr_info* object, std::size_t, void*) {
  const std::span segments(object->dlpi_phdr, object->dlpi_phnum);
  if (!has_code(segments)) return 0;
  for (const auto& segment : segments) {
    const std::uintptr_t start = object->dlpi_addr + segment.p_vaddr;
    const std::uintptr_t end = start + segment.p_memsz;
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) == 0) {
      protect(start, end, PROT_READ | PROT_EXEC);
    } else if (segment.p_type == PT_GNU_RELRO) {
      // The linker protected whole pages only: the last one, shared with data, is writable already.
      protect(start, end / kPageBytes * kPageBytes, PROT_READ | PROT_WRITE);
    }
  }
  return 0;
}

}  // namespace

void merge_library_mappings() { ::dl_iterate_phdr(merge_mappings_of, nullptr); }

}  // namespace forkjail::zygote
