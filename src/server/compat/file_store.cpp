#include "server/compat/file_store.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace forkjail::server {
namespace {

// What the store itself needs for a file, so that many empty ones are bounded too.
constexpr std::size_t kOverheadBytes = 1'024;
constexpr std::chrono::seconds kSweepPause{10};

}  // namespace

FileStoreLimits file_store_limits_for(std::size_t bodies_bytes_max) {
  FileStoreLimits limits;
  limits.bytes_max = std::min(limits.bytes_max, bodies_bytes_max / 2);
  limits.caller_bytes_max = std::min(limits.caller_bytes_max, limits.bytes_max / 2);
  return limits;
}

std::size_t FileStore::size_of(const StoredFile& file) {
  return kOverheadBytes + file.id.size() + file.name.size() + file.content.size();
}

bool FileStore::put(const Owner& owner, StoredFile file, Clock::time_point now) {
  drop_idle(now);
  const std::size_t size = size_of(file);
  if (size > limits_.caller_bytes_max || size > limits_.bytes_max) return false;
  erase(owner, file.id);
  Files& files = owners_[owner.get()];
  files.owner = owner;
  while (files.bytes + size > limits_.caller_bytes_max) drop(files, files.entries.begin());
  std::string id = file.id;
  files.entries.push_back({std::make_shared<const StoredFile>(std::move(file)), now});
  files.by_id.emplace(std::move(id), std::prev(files.entries.end()));
  files.bytes += size;
  bytes_ += size;
  while (bytes_ > limits_.bytes_max) drop_oldest(largest());
  return true;
}

FileStore::FilePtr FileStore::find(const Owner& owner, std::string_view id, Clock::time_point now) {
  drop_idle(now);
  const auto files = owners_.find(owner.get());
  if (files == owners_.end()) return nullptr;
  auto& [caller, entries, by_id, bytes] = files->second;
  const auto found = by_id.find(id);
  if (found == by_id.end() || now - found->second->used_at > limits_.idle_max) return nullptr;
  found->second->used_at = now;
  entries.splice(entries.end(), entries, found->second);
  return found->second->file;
}

bool FileStore::erase(const Owner& owner, std::string_view id) {
  const auto files = owners_.find(owner.get());
  if (files == owners_.end()) return false;
  const auto found = files->second.by_id.find(id);
  if (found == files->second.by_id.end()) return false;
  drop(files->second, found->second);
  if (files->second.entries.empty()) owners_.erase(files);
  return true;
}

void FileStore::drop(Files& files, Entries::iterator entry) {
  const std::size_t size = size_of(*entry->file);
  files.bytes -= size;
  bytes_ -= size;
  files.by_id.erase(entry->file->id);
  files.entries.erase(entry);
}

void FileStore::drop_oldest(Owners::iterator owner) {
  drop(owner->second, owner->second.entries.begin());
  if (owner->second.entries.empty()) owners_.erase(owner);
}

FileStore::Owners::iterator FileStore::largest() {
  return std::ranges::max_element(owners_, {}, [](const auto& each) { return each.second.bytes; });
}

void FileStore::drop_idle(Clock::time_point now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepPause;
  for (auto owner = owners_.begin(); owner != owners_.end();) {
    Files& files = owner->second;
    while (!files.entries.empty() && now - files.entries.front().used_at > limits_.idle_max) {
      drop(files, files.entries.begin());
    }
    owner = files.entries.empty() ? owners_.erase(owner) : std::next(owner);
  }
}

}  // namespace forkjail::server
