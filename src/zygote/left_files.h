// What a run left in its working directory: regular files that were not there before or that have
// changed, as `file` frames. Cell only, after the script ran, with the script's own rights: nothing
// is readable here that the script could not have read itself. The server believes none of it.
//
// Symbolic links, FIFOs, sockets and devices are neither followed nor listed. A hole is never
// filled, and a size is never believed: a file that is longer than what is left of the budget is
// named without its content.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "zygote/file_walk.h"
#include "zygote/request_files.h"

namespace forkjail::zygote {

// Whether the run left a file that was found below the descriptor `root` unchanged.
using KnownFile = std::function<bool(int root, const FoundEntry& file)>;

// Whether it is what the request put there. `placed`: sorted by path.
[[nodiscard]] bool is_as_placed(const std::vector<PlacedFile>& placed, int root,
                                const FoundEntry& file);

// `directory`: absolute, as the cell sees it. Names kLeftFilesMax files at most, in the order of
// their paths; the smallest get their contents, within kLeftFileContentsMax and kLeftFilesBytesMax.
// What memory, descriptors or depth do not allow is left out, and that is said.
void send_left_files(const std::string& directory, const KnownFile& known);

// Names every file, without contents, within the same limits.
void send_file_names(const std::string& directory);

// For a cell that ends: the script may have used up all descriptors.
void close_what_a_script_left_open();

}  // namespace forkjail::zygote
