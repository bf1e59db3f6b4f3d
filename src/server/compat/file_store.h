// Files that clients of other systems send before the run that uses them, and fetch after it. They
// are in memory, since the server opens no file, and bounded: of each caller and of all together,
// with the least recently used ones dropped first and all of them after a time. Where all callers
// together have too much, the one who has most loses, so that nobody can push out another's files
// by sending many. A file is its caller's alone: with keys of the key, without of the address.
// Nothing is kept over a restart. Owned by the service.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "http/gate.h"
#include "loop/loop.h"

namespace forkjail::server {

struct FileStoreLimits {
  std::size_t caller_bytes_max = 32 * kMiB;
  std::size_t bytes_max = 64 * kMiB;
  std::chrono::seconds idle_max{3'600};  // since it was sent or used
};

struct StoredFile {
  std::string id;
  std::string name;
  std::string content;
};

// Half of what requests may hold is enough for both; on a large machine the defaults are.
[[nodiscard]] FileStoreLimits file_store_limits_for(std::size_t bodies_bytes_max);

class FileStore {
 public:
  using Owner = std::shared_ptr<http::Caller>;  // null: those whom no gate knows
  using FilePtr = std::shared_ptr<const StoredFile>;

  explicit FileStore(FileStoreLimits limits) : limits_(limits) {}
  FileStore(const FileStore&) = delete;
  FileStore& operator=(const FileStore&) = delete;

  // In place of the caller's file with this id, if there is one. False: it is too large.
  [[nodiscard]] bool put(const Owner& owner, StoredFile file, Clock::time_point now);
  // Null: the caller has no such file, or not any more.
  [[nodiscard]] FilePtr find(const Owner& owner, std::string_view id, Clock::time_point now);
  bool erase(const Owner& owner, std::string_view id);

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    FilePtr file;
    Clock::time_point used_at;
  };
  using Entries = std::list<Entry>;  // the least recently used one first
  struct Files {
    Owner owner;  // keeps the caller, whose address is the key of owners_
    Entries entries;
    std::map<std::string, Entries::iterator, std::less<>> by_id;
    std::size_t bytes = 0;
  };
  using Owners = std::map<const http::Caller*, Files>;

  static std::size_t size_of(const StoredFile& file);
  void drop(Files& files, Entries::iterator entry);
  void drop_oldest(Owners::iterator owner);
  void drop_idle(Clock::time_point now);
  [[nodiscard]] Owners::iterator largest();

  FileStoreLimits limits_;
  Owners owners_;
  std::size_t bytes_ = 0;
  Clock::time_point next_sweep_{};
};

}  // namespace forkjail::server
