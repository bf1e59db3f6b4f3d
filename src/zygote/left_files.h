// What a run left in its working directory: regular files that were not there before or that have
// changed, as `file` frames. Cell only, after the script ran, with the script's own rights: nothing
// is readable here that the script could not have read itself. The server believes none of it.
//
// Symbolic links, FIFOs, sockets and devices are neither followed nor listed. A hole is never
// filled, and a size is never believed: a file that is longer than what is left of the budget is
// named without its content.
#pragma once

#include <string>
#include <vector>

#include "zygote/request_files.h"

namespace forkjail::zygote {

// `directory`: absolute, as the cell sees it. `placed`: sorted by path. Closes every descriptor
// that the script left open, for it may have used up all of them. Names kLeftFilesMax files at
// most, in the order of their paths; the smallest get their contents, within kLeftFileContentsMax
// and kLeftFilesBytesMax. What memory or depth does not allow is left out, and that is said.
void send_left_files(const std::string& directory, const std::vector<PlacedFile>& placed);

}  // namespace forkjail::zygote
