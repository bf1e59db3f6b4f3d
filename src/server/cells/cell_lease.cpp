#include "server/cells/cell_lease.h"

#include "server/cells/cell_shelf.h"

namespace forkjail::server {

CellLease::CellLease(CellLease&& other) noexcept
    : shelf_(std::exchange(other.shelf_, nullptr)), cell_(std::move(other.cell_)) {}

CellLease& CellLease::operator=(CellLease&& other) noexcept {
  if (this != &other) {
    give_back();
    shelf_ = std::exchange(other.shelf_, nullptr);
    cell_ = std::move(other.cell_);
  }
  return *this;
}

void CellLease::end_run() {
  const auto member = shelf_->members_.find(cell_->id());
  if (member != shelf_->members_.end()) shelf_->end(member->second);
}

void CellLease::limit_memory(std::uint64_t bytes) {
  shelf_->maker_.limit_memory(cell_->id(), bytes);
}

void CellLease::run_lasts() { shelf_->maker_.run_lasts(cell_->id()); }

void CellLease::run_waits() { shelf_->maker_.run_waits(cell_->id()); }

void CellLease::give_place_back() { shelf_->maker_.long_run_over(cell_->id()); }

void CellLease::measure_memory() { shelf_->maker_.measure_memory(cell_->id()); }

void CellLease::give_back() {
  if (!cell_) return;
  const std::shared_ptr<Cell> cell = std::move(cell_);
  cell_.reset();
  shelf_->give_back(*cell);
}

}  // namespace forkjail::server
