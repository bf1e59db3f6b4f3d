// Numbers as the kernel's files under /proc and in control groups show them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace forkjail::supervisor {

// The number that `text` begins with; nothing for "max", "-1" and other words.
std::optional<std::uint64_t> number_in_text(std::string_view text);

// The same of a file; nothing too when it cannot be read.
std::optional<std::uint64_t> number_in_file(const std::string& path);

// The number behind `word` in lines "word number", as memory.events is made of. Empty when there is
// no such line.
std::optional<std::uint64_t> number_behind(std::string_view word, const std::string& text);

// That which each line begins with, as cgroup.procs is made of. Other lines are left out.
std::vector<std::uint64_t> numbers_in_lines(std::string_view text);

}  // namespace forkjail::supervisor
