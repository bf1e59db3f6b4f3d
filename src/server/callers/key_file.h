// The file of --keys as rows: one JSON object for each key, as an array of them or one a line. An
// unknown member, a name that comes twice or a number out of its bounds is an error that names the
// row, and then the whole file is refused: a key must not have other rights than its row says.
// Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/limits.h"
#include "server/admission/party.h"
#include "server/callers/key_digest.h"
#include "server/callers/token_bucket.h"

namespace forkjail::server {

inline constexpr std::size_t kKeyFileBytesMax = 4 * kMiB;
inline constexpr std::size_t kKeysMax = 10'000;

struct KeyRow {
  std::string name;  // letters, digits, "._-"; in logs and metrics
  KeyDigest digest{};
  Rate rate;
  PartyTerms share;
  std::optional<std::uint32_t> sessions_max;  // none: the service's
  RunLimits maxima;                           // at most the service's
  std::optional<std::chrono::sys_seconds> expires_at;
  bool isolated = false;  // a zygote of its own (isolated_owners.h)
};

struct KeyFileProblem {
  std::string why;  // one line; never holds what the file says of a key
};

// `maxima`: the service's.
[[nodiscard]] std::variant<std::vector<KeyRow>, KeyFileProblem> parse_key_file(
    std::string_view text, const RunLimits& maxima);

// Of a row that gives the key all that the service gives.
[[nodiscard]] std::string key_row_json(std::string_view name, const KeyDigest& digest);
[[nodiscard]] bool is_key_name(std::string_view name);

// "2027-01-31" (its beginning) or "2027-01-31T12:00:00Z".
[[nodiscard]] std::optional<std::chrono::sys_seconds> parse_utc(std::string_view text);
[[nodiscard]] std::string utc_text(std::chrono::sys_seconds time);

}  // namespace forkjail::server
