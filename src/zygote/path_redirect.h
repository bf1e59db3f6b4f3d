// The names /tmp and /scratch without a mount namespace.
//
// At the fallback level a cell's files are in its own directory elsewhere. So that a script can
// still write /tmp/x, this binary defines the C library's functions that take a path
// (path_redirect.cpp), and extension modules and Python itself use these: a path at or below /tmp
// or /scratch is resolved in the cell's directory.
//
// Two real paths below these names are kept: the run's own directory, and the guest's root, if no
// chroot hides it and an operator put it below /tmp.
//
// This is a convenience, not a security layer: raw system calls see the real names, and the level's
// file-system layer (chroot, Landlock, the directory's owner and mode) applies to both.
#pragma once

#include <string>

namespace forkjail::zygote {

// zygote: looks up the functions that only a cell calls, so that no cell has to.
void resolve_redirected_functions();

// zygote, at its start: paths at or below the guest's root are not redirected. Empty: the guest is
// the root.
void never_redirect(const std::string& guest_root);

// zygote, while it preloads (preload_files.h), and cell, before Python runs again: from now on
// /scratch means `directory`, and /tmp `directory`/tmp. If it is empty, or this is never called,
// nothing is redirected.
void redirect_scratch(const std::string& directory);

}  // namespace forkjail::zygote
