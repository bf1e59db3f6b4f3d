// What a session is asked about its working directory between two runs. Cell, in a state: with the
// rights of its scripts, so a link leads nowhere that a script could not go, and here it is not
// even followed.
#pragma once

#include <string>
#include <string_view>

#include "protocol/run_frames.h"

namespace forkjail::zygote {

[[nodiscard]] constexpr bool is_file_call(protocol::RunMode mode) {
  return mode >= protocol::RunMode::list_files;
}

// Does it and sends all frames of the reply; a failure's type is Python's name of the error
// (FileNotFoundError, IsADirectoryError, NotADirectoryError, OSError; OverflowError where a folder
// cannot be listed as a whole).
void reply_to_file_call(protocol::RunMode mode, const std::string& directory,
                        std::string_view args);

}  // namespace forkjail::zygote
