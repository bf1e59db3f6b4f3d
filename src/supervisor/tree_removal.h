// Removes a tree that a script left: of any depth and any modes, through no symbolic link, with a
// number of descriptors that does not depend on the tree.
//
// A walk that keeps each directory on its way open ends where the tree is deeper than the limit of
// descriptors (a script chains thousands by renames), and a walk by paths where they grow too long.
// So it goes down kOpenLevelsMax directories; what lies deeper is moved up beside the tree and has
// its turn as a tree of its own.
//
// Supervisor's own child. The run is over: at most another removal works in the same tree, and each
// counts what the other has removed as done.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace forkjail::supervisor {

inline constexpr std::size_t kOpenLevelsMax = 16;

// Removes the directory `name` below `top`, and what an earlier attempt at it moved up. `top` is a
// directory in which no other user can write: for a while it holds directories named `name`.NUMBER.
// Returns the first error; everything that could be removed is gone nevertheless.
Status remove_tree(int top, const std::string& name);

}  // namespace forkjail::supervisor
