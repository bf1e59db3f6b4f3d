#include "json/fingerprint_set.h"

#include <utility>

namespace forkjail::json {
namespace {

constexpr std::size_t kOneTableMax = 8'192;  // takes 0.1 ms to copy
constexpr Fingerprint kEmpty{};

}  // namespace

bool FingerprintSet::insert(const Fingerprint& print) {
  if (tables_.size() == 1 && tables_.front().size() == kOneTableMax) split();
  return table_of(print).insert(print);
}

void FingerprintSet::split() {
  const Table all = std::move(tables_.front());
  tables_.clear();
  tables_.reserve(kTables);
  for (std::size_t i = 0; i < kTables; ++i) {
    tables_.emplace_back((kOneTableMax + i * kOneTableMax / kTables) * 2 / kTables);
  }
  for (const Fingerprint& print : all.slots()) {
    if (print != kEmpty) (void)table_of(print).insert(print);
  }
}

bool FingerprintSet::Table::insert(const Fingerprint& print) {
  if (4 * count_ >= 3 * slots_.size()) grow();
  Fingerprint& slot = slot_of(print);
  if (slot != kEmpty || print == kEmpty) return false;
  slot = print;
  ++count_;
  return true;
}

void FingerprintSet::Table::grow() {
  const auto old = std::exchange(slots_, std::vector<Fingerprint>(2 * slots_.size()));
  for (const Fingerprint& print : old) {
    if (print != kEmpty) slot_of(print) = print;
  }
}

// Where it stands, or the empty slot where it would.
Fingerprint& FingerprintSet::Table::slot_of(const Fingerprint& print) {
  constexpr unsigned kHalf = 32;  // of the bits: the upper half of `low` chooses among the slots
  for (std::size_t at = (print.low >> kHalf) * slots_.size() >> kHalf;; ++at) {
    if (at == slots_.size()) at = 0;
    Fingerprint& slot = slots_[at];
    if (slot == print || slot == kEmpty) return slot;
  }
}

}  // namespace forkjail::json
