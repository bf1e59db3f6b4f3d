// All who may send requests: the keys, or with none of them everybody, by address. Owned by the
// service.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "http/gate.h"
#include "server/callers/address_gate.h"
#include "server/callers/client_address.h"
#include "server/callers/key_file.h"
#include "server/callers/key_gate.h"
#include "server/callers/key_ring.h"
#include "server/observe/key_counts.h"

namespace forkjail::server {

struct CallersConfig {
  std::optional<std::vector<KeyRow>> keys;  // none: everybody comes in
  std::vector<Network> trusted_proxies;
};

class Callers {
 public:
  // `config` outlives it. `maxima`: of the runs of every key.
  Callers(const CallersConfig& config, const RunLimits& maxima) : maxima_(maxima) {
    if (config.keys) {
      ring_.emplace(*config.keys);
      key_gate_.emplace(*ring_);
    } else {
      address_gate_.emplace(config.trusted_proxies);
    }
  }
  Callers(const Callers&) = delete;  // a gate points into it
  Callers& operator=(const Callers&) = delete;

  [[nodiscard]] http::Gate& gate() {
    return key_gate_ ? static_cast<http::Gate&>(*key_gate_) : *address_gate_;
  }
  [[nodiscard]] bool has_keys() const { return ring_.has_value(); }
  // From the next request on the keys are those of this file. One that could not be opened, or has
  // a mistake, changes nothing; the log and the metrics say so.
  void reload(const Result<UniqueFd>& file);
  [[nodiscard]] KeyMetrics metrics() const;

 private:
  RunLimits maxima_;
  std::uint64_t reloads_ = 0;
  std::uint64_t reload_failures_ = 0;
  std::optional<KeyRing> ring_;
  std::optional<KeyGate> key_gate_;
  std::optional<AddressGate> address_gate_;
};

}  // namespace forkjail::server
