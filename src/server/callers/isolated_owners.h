// Which key is which owner of the few zygotes that clone for one owner alone. A key stays the owner
// that it is as long as its row says `isolated`; another key can be that owner once nothing is left
// of what the key before had, and then gets a zygote of its own, too.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "base/result.h"
#include "protocol/flavour.h"
#include "server/callers/key_file.h"
#include "server/cells/cell_pool.h"

namespace forkjail::server {

class IsolatedOwners {
 public:
  // `pool` outlives it.
  explicit IsolatedOwners(CellPool& pool) : pool_(pool) {}

  // Writes into each isolated row which owner it would be. Errors: none is free for one of them.
  // Changes nothing else.
  [[nodiscard]] Status assign(std::vector<KeyRow>& rows) const;
  // From now on they are what assign() wrote, and the keys act by these rows already.
  void apply(const std::vector<KeyRow>& rows);

 private:
  using Names = std::array<std::string, protocol::kIsolatedOwnersMax + 1>;  // by owner

  CellPool& pool_;
  Names names_;  // also of the last one that was this owner
};

}  // namespace forkjail::server
