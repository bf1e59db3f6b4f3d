// A set of fingerprints into which no insertion takes long, however large it has become. One table
// that is copied to twice its size would stop the loop for tens of milliseconds; here a large set
// is many small tables, each of which grows by itself, at its own time. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "json/sip_hash.h"

namespace forkjail::json {

class FingerprintSet {
 public:
  // False: it is there already.
  [[nodiscard]] bool insert(const Fingerprint& print);

 private:
  static constexpr std::size_t kTables = 1'024;
  static constexpr std::size_t kFirstSlots = 64;

  // Open addressing with linear probing: the prints are random already.
  class Table {
   public:
    explicit Table(std::size_t first_slots) : slots_(first_slots) {}
    [[nodiscard]] bool insert(const Fingerprint& print);
    [[nodiscard]] std::size_t size() const { return count_; }
    [[nodiscard]] const std::vector<Fingerprint>& slots() const { return slots_; }

   private:
    void grow();
    [[nodiscard]] Fingerprint& slot_of(const Fingerprint& print);

    std::vector<Fingerprint> slots_;  // empty ones are 0
    std::size_t count_ = 0;
  };

  [[nodiscard]] Table& table_of(const Fingerprint& print) {
    return tables_[print.high % tables_.size()];
  }
  void split();

  std::vector<Table> tables_{Table(kFirstSlots)};  // one, then kTables
};

}  // namespace forkjail::json
