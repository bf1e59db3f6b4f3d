#include "supervisor/cell_table.h"

#include <unistd.h>

#include <algorithm>

namespace forkjail::supervisor {

Result<std::uint32_t> CellTable::take_slot() {
  const auto free = std::ranges::find(slots_, false, &Slot::taken);
  if (free == slots_.end()) return Error{"take a slot", EAGAIN, "all cells are in use"};
  const auto number = static_cast<std::uint32_t>(free - slots_.begin());
  if (cgroups_ != nullptr && !free->cgroup) {
    auto made = cgroups_->make_cell(number, memory_bytes_max_);
    if (!made) return made.error();
    free->cgroup.emplace(*std::move(made));
  }
  free->taken = true;
  return number;
}

Result<Cell*> CellTable::add(Worker& worker, bool for_proof) {
  Cell cell;
  for (Pipe* pipe : {&cell.request, &cell.reply, &cell.stdout_pipe, &cell.stderr_pipe}) {
    auto made = make_pipe();
    if (!made) return made.error();
    *pipe = *std::move(made);
  }
  const auto slot = take_slot();
  if (!slot) return slot.error();
  cell.id = ++last_id_;
  cell.slot = *slot;
  cell.worker = &worker;
  cell.for_proof = for_proof;
  return &cells_.emplace(cell.id, std::move(cell)).first->second;
}

Cell* CellTable::find(protocol::CellId id) {
  const auto found = cells_.find(id);
  return found == cells_.end() ? nullptr : &found->second;
}

std::vector<Cell*> CellTable::cells_of(const Worker& worker) {
  std::vector<Cell*> found;
  for (auto& [id, cell] : cells_) {
    if (cell.worker == &worker) found.push_back(&cell);
  }
  return found;
}

std::span<const UniqueFd> CellTable::procs_files(const Cell& cell) const {
  const auto& cgroup = slots_.at(cell.slot).cgroup;
  return cgroup ? cgroup->procs_files() : std::span<const UniqueFd>{};
}

std::string CellTable::cgroup_name(const Cell& cell) const {
  if (cgroups_ == nullptr) return {};
  return cgroups_->cell_name(cell.slot);
}

Status CellTable::limit_memory(const Cell& cell, std::uint64_t bytes) {
  auto& cgroup = slots_.at(cell.slot).cgroup;
  if (!cgroup) return ok_status();  // RLIMIT_DATA alone holds, which the cell sets itself
  return cgroup->set_memory_limit(std::min(bytes, memory_bytes_max_));
}

Result<CgroupUsage> CellTable::remove(const Cell& cell) {
  Slot& slot = slots_.at(cell.slot);
  Result<CgroupUsage> usage = CgroupUsage{};
  if (slot.cgroup) {
    usage = slot.cgroup->collect_and_reset();
    // A group that cannot be read or cleared is not given to another cell: a new one is made.
    if (!usage) slot.cgroup.reset();
  }
  slot.taken = false;
  cells_.erase(cell.id);
  return usage;
}

}  // namespace forkjail::supervisor
