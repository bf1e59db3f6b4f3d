// Names of system calls by number, for people: "socket". The filter itself lies in the sandbox.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace forkjail::server {

// "socket"; empty for a number without a name.
[[nodiscard]] std::string name_of_syscall(std::uint32_t number);

// "socket, bind", in order, each once; a number without a name shows as "syscall 999".
[[nodiscard]] std::string syscall_names(std::span<const std::uint32_t> numbers);

}  // namespace forkjail::server
