// Fewer mappings for the same libraries. Each library comes as five: headers, code, constants, what
// was relocated, data. Kernel work for a clone and for its end goes by mappings, and a warm zygote
// has a hundred libraries. Merged to two each, a clone and its exit take a third less time.
//
// What is given up inside this process: constants become executable (never writable), and the
// linker's tables become writable again, as they were until the library was loaded. Neither is a
// wall: a script rules its own process anyway, and nothing is ever writable and executable.
//
// Zygote, once, after everything is loaded and with one thread.
#pragma once

namespace forkjail::zygote {

void merge_library_mappings();

}  // namespace forkjail::zygote
