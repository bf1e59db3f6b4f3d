// Names inside error lines. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace forkjail::server {

// A name from a client: quoted, escaped and short.
[[nodiscard]] std::string in_quotes(std::string_view name, std::size_t bytes_max = 64);

// "a, b, c": the names of a table's rows.
template <typename Row>
[[nodiscard]] std::string names_of(std::span<const Row> rows) {
  std::string text;
  for (const Row& row : rows) text.append(text.empty() ? "" : ", ").append(row.name);
  return text;
}
[[nodiscard]] std::string names_of(std::span<const std::string_view> names);

}  // namespace forkjail::server
