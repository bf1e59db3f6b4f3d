// The right to have one run going on: one of `running_max`. Apart from the cell that the run takes
// place in, which may be held for longer or for less long.
#pragma once

#include <utility>

#include "server/admission/party.h"

namespace forkjail::server {

class Admission;

// Gives the right back when destroyed, at the latest.
class RunSlot {
 public:
  RunSlot() = default;
  // For Admission, which has counted it and outlives it.
  RunSlot(Admission& admission, PartyPtr party)
      : admission_(&admission), party_(std::move(party)) {}
  RunSlot(RunSlot&& other) noexcept
      : admission_(std::exchange(other.admission_, nullptr)), party_(std::move(other.party_)) {}
  RunSlot& operator=(RunSlot&& other) noexcept {
    if (this != &other) {
      give_back();
      admission_ = std::exchange(other.admission_, nullptr);
      party_ = std::move(other.party_);
    }
    return *this;
  }
  RunSlot(const RunSlot&) = delete;
  RunSlot& operator=(const RunSlot&) = delete;
  ~RunSlot() { give_back(); }

  void give_back();

 private:
  Admission* admission_ = nullptr;
  PartyPtr party_;  // whose run it is
};

}  // namespace forkjail::server
