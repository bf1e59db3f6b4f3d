#include "json/slices.h"

#include "json/utf8.h"

namespace forkjail::json {
namespace {

constexpr std::size_t kCharacterBytesMax = 4;

}  // namespace

std::string_view next_slice(std::string_view rest, std::size_t bytes_max) {
  if (rest.size() <= bytes_max) return rest;
  const std::string_view slice = without_cut_sequence(rest.substr(0, bytes_max));
  return slice.empty() ? next_slice(rest, kCharacterBytesMax) : slice;
}

}  // namespace forkjail::json
