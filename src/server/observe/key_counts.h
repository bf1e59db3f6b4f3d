// What is counted of each key, and of requests that no key let in. Plain numbers, as in metrics.h.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/enum_rows.h"

namespace forkjail::server {

struct KeyCounts {
  std::uint64_t requests = 0;      // that were let in
  std::uint64_t runs_ok = 0;       // the script ran to its end
  std::uint64_t runs_failed = 0;   // it failed, or the service lost it
  std::uint64_t refused = 0;       // nothing ran, for whatever reason
  std::uint64_t rate_limited = 0;  // not let in: too many in a second
  double cpu_seconds = 0;
  double memory_mb_seconds = 0;  // what a run may have times its wall time
  std::uint64_t answer_bytes = 0;

  KeyCounts& operator+=(const KeyCounts& more) {
    requests += more.requests;
    runs_ok += more.runs_ok;
    runs_failed += more.runs_failed;
    refused += more.refused;
    rate_limited += more.rate_limited;
    cpu_seconds += more.cpu_seconds;
    memory_mb_seconds += more.memory_mb_seconds;
    answer_bytes += more.answer_bytes;
    return *this;
  }
};

struct NamedKeyCounts {
  std::string name;
  KeyCounts counts;
};

// Why a request was not let in.
enum class KeyRefusal : std::uint8_t { missing, wrong, expired, in_url, twice, rate };
struct KeyRefusalRow {
  KeyRefusal refusal;
  std::string_view name;
};
inline constexpr std::array kKeyRefusals{
    KeyRefusalRow{KeyRefusal::missing, "missing"}, KeyRefusalRow{KeyRefusal::wrong, "wrong"},
    KeyRefusalRow{KeyRefusal::expired, "expired"}, KeyRefusalRow{KeyRefusal::in_url, "in_url"},
    KeyRefusalRow{KeyRefusal::twice, "twice"},     KeyRefusalRow{KeyRefusal::rate, "rate"},
};
static_assert(rows_in_order(kKeyRefusals, &KeyRefusalRow::refusal));

// All of it, for the page of metrics. Empty without keys.
struct KeyMetrics {
  std::vector<NamedKeyCounts> keys;
  std::array<std::uint64_t, kKeyRefusals.size()> refusals{};
  std::uint64_t reloads = 0;  // of the file of the keys
  std::uint64_t reload_failures = 0;
};

}  // namespace forkjail::server
