// The names /tmp and /scratch without a mount namespace.
//
// In the fallback level a cell's files lie in a directory of its own somewhere else. So that a
// script which writes /tmp/x works there as well, the C library's functions that take a path are
// defined in this binary too (path_redirect.cpp), and extension modules and Python itself find
// these first: a path at or below /tmp or /scratch is looked up in the cell's directory.
//
// But for what lies there by its true name: the run's own directory, and the guest's root, where no
// chroot hides its path and an operator put it below /tmp.
//
// A convenience and no wall: raw system calls see the true names, and the file-system wall of the
// level (chroot, Landlock, the directory's owner and mode) holds for both.
#pragma once

#include <string>

namespace forkjail::zygote {

// zygote: finds the functions that only a cell calls, so that none has to look for them.
void resolve_redirected_functions();

// zygote, at its start: what is at or below the guest's root keeps its name. Empty: it is the root.
void never_redirect(const std::string& guest_root);

// zygote, while it preloads (preload_files.h), and cell, before Python runs again: from here on
// /scratch means `directory`, and /tmp `directory`/tmp. Empty or never called, nothing is
// redirected.
void redirect_scratch(const std::string& directory);

}  // namespace forkjail::zygote
