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
#include "server/callers/isolated_owners.h"
#include "server/callers/key_file.h"
#include "server/callers/key_gate.h"
#include "server/callers/key_ring.h"
#include "server/cells/cell_pool.h"
#include "server/observe/key_counts.h"

namespace forkjail::server {

struct CallersConfig {
  std::optional<std::vector<KeyRow>> keys;  // none: everybody comes in
  std::vector<Network> trusted_proxies;
};

class Callers {
 public:
  // `config` and `pool` outlive it. `maxima`: of the runs of every key.
  Callers(const CallersConfig& config, const RunLimits& maxima, CellPool& pool);
  Callers(const Callers&) = delete;  // a gate points into it
  Callers& operator=(const Callers&) = delete;

  [[nodiscard]] http::Gate& gate() {
    return key_gate_ ? static_cast<http::Gate&>(*key_gate_) : *address_gate_;
  }
  [[nodiscard]] bool has_keys() const { return ring_.has_value(); }
  // From the next request on the keys are those of this file. One that could not be opened, has a
  // mistake, or isolates a key for which no zygote is free, changes nothing; the log and the
  // metrics say so.
  void reload(const Result<UniqueFd>& file);
  [[nodiscard]] KeyMetrics metrics() const;

 private:
  [[nodiscard]] Status replace(std::vector<KeyRow> rows);

  RunLimits maxima_;
  IsolatedOwners isolated_;
  std::uint64_t reloads_ = 0;
  std::uint64_t reload_failures_ = 0;
  std::optional<KeyRing> ring_;
  std::optional<KeyGate> key_gate_;
  std::optional<AddressGate> address_gate_;
};

}  // namespace forkjail::server
