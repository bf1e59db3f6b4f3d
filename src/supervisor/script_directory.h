// A directory that a script made or wrote in, opened to be looked through or removed: relative to a
// descriptor and never through a symbolic link.
//
// Supervisor, and children of its own.
#pragma once

#include <dirent.h>

#include <memory>

namespace forkjail::supervisor {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// Empty if it cannot be opened or is not a directory; errno says why. Looking through it sets no
// time of access where that is possible (it would show a script how far we are).
[[nodiscard]] Directory open_script_directory(int parent, const char* name);

// "." and "..".
[[nodiscard]] bool is_dot(const char* name);

}  // namespace forkjail::supervisor
