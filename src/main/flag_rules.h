// Rules for the values of flags. A rule says in one line what is wrong: "is not a whole number from
// 1 to 65535"; main/flags.cpp puts the flag or variable and its value in front. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace forkjail {

// What is wrong with this value. Empty if nothing is.
using FlagRule = std::function<std::string(const std::string& value)>;

[[nodiscard]] FlagRule whole_number(std::uint64_t lowest, std::uint64_t highest);
[[nodiscard]] FlagRule number(double lowest, double highest);
[[nodiscard]] FlagRule word_or(std::string word, FlagRule rule);
[[nodiscard]] FlagRule one_of(std::vector<std::string> words);
// Words of these, separated by commas; or nothing.
[[nodiscard]] FlagRule some_of(std::vector<std::string> words);
[[nodiscard]] FlagRule ip_address();
[[nodiscard]] FlagRule absolute_path();
[[nodiscard]] FlagRule networks();
[[nodiscard]] FlagRule origins();

// What stands between the commas.
[[nodiscard]] std::vector<std::string> words_of(std::string_view list);

}  // namespace forkjail
