#include "server/callers/key_ring.h"

#include <cstring>
#include <map>
#include <string>

namespace forkjail::server {
namespace {

std::uint64_t front_of(const KeyDigest& digest) {
  std::uint64_t front = 0;
  std::memcpy(&front, digest.data(), sizeof front);
  return front;
}

}  // namespace

void KeyRing::replace(std::vector<KeyRow> rows) {
  std::map<std::string, std::shared_ptr<Caller>, std::less<>> before;
  for (auto& caller : callers_) before.emplace(caller->name(), caller);
  callers_.clear();
  by_digest_.clear();
  for (KeyRow& row : rows) {
    const std::uint64_t front = front_of(row.digest);
    auto& caller = callers_.emplace_back();
    if (const auto known = before.find(row.name); known != before.end()) {
      caller = known->second;
      caller->set_row(std::move(row));
      before.erase(known);
    } else {
      caller = std::make_shared<Caller>(std::move(row));
    }
    by_digest_.emplace(front, caller);
  }
  // What was opened with a removed key, and has a token of its own, is closed with it.
  for (const auto& [name, removed] : before) removed->remove();
}

std::shared_ptr<Caller> KeyRing::find(std::string_view key) const {
  const KeyDigest digest = digest_of(key);
  const auto [first, last] = by_digest_.equal_range(front_of(digest));
  for (auto each = first; each != last; ++each) {
    if (same(each->second->holder()->row.digest, digest)) return each->second;
  }
  return nullptr;
}

}  // namespace forkjail::server
