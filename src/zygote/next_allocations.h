// The memory that the next allocations of a process will get: which of its pages these are depends
// on all that its scripts have allocated before. Cell, in a session, between two runs.
#pragma once

namespace forkjail::zygote {

// Writes to it without changing anything, so that the next run need not copy its pages after a
// fork. Needs the GIL.
void touch_next_allocations() noexcept;

}  // namespace forkjail::zygote
