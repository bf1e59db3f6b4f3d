// The keys that open the service, as callers; found by the digest of what a client sends. A caller
// keeps its counts, its runs and its queue when the keys are replaced, as long as its name is among
// them.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/callers/caller.h"

namespace forkjail::server {

class KeyRing {
 public:
  explicit KeyRing(std::vector<KeyRow> rows) { replace(std::move(rows)); }

  void replace(std::vector<KeyRow> rows);
  // Null: it is nobody's.
  [[nodiscard]] std::shared_ptr<Caller> find(std::string_view key) const;
  // In the order of the file.
  [[nodiscard]] const std::vector<std::shared_ptr<Caller>>& callers() const { return callers_; }

 private:
  // By the first bytes of the digest, which nobody can choose; then all of it is compared.
  std::unordered_multimap<std::uint64_t, std::shared_ptr<Caller>> by_digest_;
  std::vector<std::shared_ptr<Caller>> callers_;
};

}  // namespace forkjail::server
