// Tables with one row for each value of an enum, in the enum's order: a row is found by its index.
// Such a table has a static_assert beside it, as a value that is added in one of the two places
// moves all rows after it.
#pragma once

#include <cstddef>

namespace forkjail {

// Whether row i is that of value i; `value` is the row's member that tells.
template <typename Rows, typename Row, typename Enum>
constexpr bool rows_in_order(const Rows& rows, Enum Row::* value) {
  std::size_t index = 0;
  for (const Row& row : rows) {
    if (static_cast<std::size_t>(row.*value) != index++) return false;
  }
  return true;
}

}  // namespace forkjail
