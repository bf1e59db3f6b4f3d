#include "server/callers/key_reading.h"

#include <unistd.h>

#include <array>
#include <string>

namespace forkjail::server {
namespace {

// A little more than is allowed at the most, which the parser then refuses.
Result<std::string> read_capped(const UniqueFd& file) {
  std::string text;
  std::array<char, 16 * kKiB> part;  // NOLINT(*-member-init): read(2) fills it
  while (text.size() <= kKeyFileBytesMax) {
    const ssize_t length = ::read(file.get(), part.data(), part.size());
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return errno_error("read the keys");
    if (length == 0) break;
    text.append(part.data(), static_cast<std::size_t>(length));
  }
  return text;
}

}  // namespace

Result<std::vector<KeyRow>> read_keys(const UniqueFd& file, const RunLimits& maxima) {
  const auto text = read_capped(file);
  if (!text) return text.error();
  auto parsed = parse_key_file(*text, maxima);
  if (auto* const problem = std::get_if<KeyFileProblem>(&parsed)) {
    return Error{"read the keys", 0, std::move(problem->why)};
  }
  return std::get<std::vector<KeyRow>>(std::move(parsed));
}

}  // namespace forkjail::server
