// The requests that go on, so that a client of the old era can cancel one by its id in another
// request. Ids are the clients' own, and two clients of one caller may choose the same: then it is
// not known which one is meant, and none is ended. One entry per request that is being answered,
// so as many as there are connections at most. Owned by the service.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "loop/interruption.h"

namespace forkjail::http {
class Caller;
}

namespace forkjail::server::mcp {

class RunningRequests {
 public:
  using Key = std::pair<const http::Caller*, std::string>;  // the id as JSON

  // In the table as long as it lives.
  class [[nodiscard]] Entry {
   public:
    Entry(std::multimap<Key, Interruption*>& table, Key key, Interruption& interruption)
        : table_(table), place_(table.emplace(std::move(key), &interruption)) {}
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    ~Entry() { table_.erase(place_); }

   private:
    std::multimap<Key, Interruption*>& table_;
    std::multimap<Key, Interruption*>::iterator place_;
  };

  // `interruption` outlives the entry.
  Entry add(Key key, Interruption& interruption) { return {table_, std::move(key), interruption}; }

  // False: there is no such request, or more than one.
  bool cancel(const Key& key) {
    if (table_.count(key) != 1) return false;
    table_.find(key)->second->raise(InterruptReason::request);
    return true;
  }

  [[nodiscard]] std::size_t size() const { return table_.size(); }

 private:
  std::multimap<Key, Interruption*> table_;
};

}  // namespace forkjail::server::mcp
