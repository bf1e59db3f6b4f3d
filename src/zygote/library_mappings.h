// Fewer mappings and fewer small pages for the same program and libraries. Each library comes as
// five mappings: headers, code, constants, what was relocated, data. The kernel's work for a clone
// and for its end goes by mappings and by pages, and a warm zygote has a hundred libraries.
//
// - Headers, code and constants become one mapping, executable and never writable.
// - What was relocated and the data become one, on parts of huge pages.
// - The program's own code goes to huge pages, on which a clone finds it without a fault.
// - The libraries' code and the program's constants are let go of: they stay in the page cache.
//
// What is given up inside this process: constants become executable, and the linker's tables
// become writable again, as they were until the library was loaded. Neither is a wall: a script
// rules its own process anyway. Nothing of this becomes writable and executable.
//
// Where the kernel refuses a part of this, things stay as they were: as right, only slower.
// Zygote, once, after everything is loaded and with one thread.
#pragma once

#include <span>
#include <vector>

#include "sandbox/prefault.h"

namespace forkjail::zygote {

// Code and constants of the libraries, and constants of the program, where they are mapped, as far
// as they are their files' own.
std::vector<sandbox::MemoryRange> file_code();

// What was needed of it is not needed again, and no clone inherits a file's pages, or should: they
// stay in the page cache, which the kernel may take back, and no longer count as this process's.
void let_go_of(std::span<const sandbox::MemoryRange> code);

void merge_library_mappings();

}  // namespace forkjail::zygote
