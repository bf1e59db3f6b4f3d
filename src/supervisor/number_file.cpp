#include "supervisor/number_file.h"

#include <charconv>
#include <ranges>
#include <sstream>

#include "base/io.h"

namespace forkjail::supervisor {

std::optional<std::uint64_t> number_in_text(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::optional<std::uint64_t> number_in_file(const std::string& path) {
  const auto text = read_file(path);
  return text ? number_in_text(*text) : std::nullopt;
}

std::optional<std::uint64_t> number_behind(std::string_view word, const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(word) && line.substr(word.size()).starts_with(' ')) {
      return number_in_text(std::string_view(line).substr(word.size() + 1));
    }
  }
  return std::nullopt;
}

std::vector<std::uint64_t> numbers_in_lines(std::string_view text) {
  std::vector<std::uint64_t> found;
  for (const auto line : std::views::split(text, '\n')) {
    if (const auto number = number_in_text({line.begin(), line.end()})) found.push_back(*number);
  }
  return found;
}

}  // namespace forkjail::supervisor
