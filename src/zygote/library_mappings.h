// Reduces the number of mappings and of small pages of the program and its libraries. Each library
// comes as five mappings: headers, code, constants, relocated data, data. The kernel's work for a
// clone and for its exit grows with mappings and pages, and a warm zygote has a hundred libraries.
//
// - Headers, code and constants become one mapping, executable and never writable.
// - Relocated data and data become one mapping, on parts of huge pages.
// - The program's own code moves to huge pages, which a clone uses without a fault.
// - The libraries' code and the program's constants are unmapped from this process: they stay in
//   the page cache.
//
// The cost inside this process: constants become executable, and the linker's tables become
// writable again, as they were until the library was loaded. Neither is a security layer, because a
// script controls its own process anyway. Nothing becomes both writable and executable.
//
// If the kernel refuses a part of this, that part stays as it was: just as correct, only slower.
// Zygote, once, after everything is loaded and with one thread: merge_library_mappings(), then
// drop_file_pages(file_code()).
#pragma once

#include <span>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote {

// Ranges of the libraries' code and constants, and of the program's constants, where they are still
// mapped from their files.
std::vector<sandbox::MemoryRange> file_code();

// Drops these file pages from the zygote. They are no longer needed, and clones should not inherit
// them; they stay in the page cache, which the kernel can reclaim, and no longer count as this
// process's memory.
void drop_file_pages(std::span<const sandbox::MemoryRange> code);

// All of the above but the unmapping. `on_huge_pages`: code and data move there.
void merge_library_mappings(bool on_huge_pages);

}  // namespace forkjail::zygote
