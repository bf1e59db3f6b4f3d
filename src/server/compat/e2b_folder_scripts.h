// Calls to a sandbox's files that sessions have no endpoint for, each as a line of Python that runs
// in the sandbox, with the rights of its scripts. Pure.
#pragma once

#include <string>
#include <string_view>

namespace forkjail::server {

// All paths are from the working directory, which is where scripts are unless they left it.
[[nodiscard]] std::string e2b_make_folder_script(std::string_view path);
[[nodiscard]] std::string e2b_move_script(std::string_view path, std::string_view destination);
// A folder with all that is in it.
[[nodiscard]] std::string e2b_remove_script(std::string_view path);

}  // namespace forkjail::server
