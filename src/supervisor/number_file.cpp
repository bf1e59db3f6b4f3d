#include "supervisor/number_file.h"

#include <charconv>

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

}  // namespace forkjail::supervisor
