#include "server/callers/isolated_owners.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace forkjail::server {
namespace {

using protocol::kEverybody;
using protocol::kIsolatedOwnersMax;
using protocol::Owner;

}  // namespace

Status IsolatedOwners::assign(std::vector<KeyRow>& rows) const {
  std::array<bool, kIsolatedOwnersMax + 1> taken{};
  const auto take_own = [&](KeyRow& row) {
    const auto known = std::find(names_.begin() + 1, names_.end(), row.name);
    if (known == names_.end()) return;
    row.share.owner = static_cast<Owner>(known - names_.begin());
    taken.at(row.share.owner) = true;
  };
  const auto take_free = [&](KeyRow& row) {
    for (Owner owner = 1; owner <= kIsolatedOwnersMax; ++owner) {
      if (taken.at(owner) || !pool_.is_free(owner)) continue;
      row.share.owner = owner;
      return taken.at(owner) = true;
    }
    return false;
  };
  for (KeyRow& row : rows) {
    if (row.isolated) take_own(row);
  }
  for (KeyRow& row : rows) {
    if (!row.isolated || row.share.owner != kEverybody || take_free(row)) continue;
    return Error{"key " + row.name, EBUSY,
                 "isolated: the zygotes for it are another key's, or runs and sessions of one that "
                 "had them go on"};
  }
  return ok_status();
}

void IsolatedOwners::apply(const std::vector<KeyRow>& rows) {
  std::array<bool, kIsolatedOwnersMax + 1> offered{};
  for (const KeyRow& row : rows) {
    const Owner owner = row.share.owner;
    if (owner == kEverybody) continue;
    offered.at(owner) = true;
    names_.at(owner) = row.name;
    const auto own = protocol::flavour_for(protocol::Flavour::full, owner);
    spdlog::info("key {} has a zygote of its own: {}", row.name, own ? name_of(*own) : "none");
    pool_.offer(owner, row.sessions_max.value_or(1) > 0);
  }
  for (Owner owner = 1; owner <= kIsolatedOwnersMax; ++owner) {
    if (!offered.at(owner)) pool_.withdraw(owner);
  }
}

}  // namespace forkjail::server
