// The use of one cell, by one owner at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "server/cells/cell.h"
#include "server/cells/cell_hold.h"

namespace forkjail::server {

class CellShelf;

// The use of one cell. Gives it back when destroyed: the cell is ended, its slot refilled.
class CellLease final : public CellHold {
 public:
  CellLease() = default;
  CellLease(CellShelf& shelf, std::shared_ptr<Cell> cell)
      : shelf_(&shelf), cell_(std::move(cell)) {}
  CellLease(CellLease&& other) noexcept;
  CellLease& operator=(CellLease&& other) noexcept;
  CellLease(const CellLease&) = delete;
  CellLease& operator=(const CellLease&) = delete;
  ~CellLease() { give_back(); }  // NOLINT(*-explicit-virtual-functions): the base's is protected

  [[nodiscard]] explicit operator bool() const { return cell_ != nullptr; }
  [[nodiscard]] Cell& cell() const override { return *cell_; }

  // Ends the cell now and keeps the lease, to read the pipes to their end and see the evidence.
  void end_run() override;
  void limit_memory(std::uint64_t bytes) override;
  void run_lasts() override;
  void run_waits() override;
  // For a session: the cell of one run ends with it.
  void give_place_back();
  // CellObserver::on_memory_measured follows.
  void measure_memory();
  void give_back();

 private:
  CellShelf* shelf_ = nullptr;
  std::shared_ptr<Cell> cell_;
};

}  // namespace forkjail::server
