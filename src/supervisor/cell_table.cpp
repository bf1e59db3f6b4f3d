#include "supervisor/cell_table.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/cpu_clock.h"

namespace forkjail::supervisor {

Result<std::uint32_t> CellTable::take_slot() {
  const auto free = std::ranges::find(slots_, false, &Slot::taken);
  if (free == slots_.end()) return Error{"take a slot", EAGAIN, "all cells are in use"};
  const auto number = static_cast<std::uint32_t>(free - slots_.begin());
  if (means_.cgroups != nullptr && !free->cgroup) {
    auto made = means_.cgroups->make_cell(number, means_.memory_bytes_max);
    if (!made) return made.error();
    free->cgroup.emplace(*std::move(made));
  }
  free->taken = true;
  return number;
}

namespace {

Status make_pipes(Cell& cell) {
  for (Pipe* pipe : {&cell.request, &cell.reply, &cell.stdout_pipe, &cell.stderr_pipe}) {
    const bool both_ways = cell.has_keeper && pipe == &cell.request;
    auto made = both_ways ? make_stream_pair() : make_pipe();
    if (!made) return made.error();
    *pipe = *std::move(made);
  }
  return ok_status();
}

}  // namespace

Result<Cell*> CellTable::add(ZygoteProcess& zygote, protocol::Flavour flavour, CellUse use) {
  Cell cell;
  cell.has_keeper = use == CellUse::session && means_.sessions_have_keepers;
  if (auto made = make_pipes(cell); !made) return made.error();
  const auto slot = take_slot();
  if (!slot) return slot.error();
  cell.uid_in_jail = uid_of(*slot);
  if (means_.scratch != nullptr) {
    auto made = means_.scratch->add(cell.uid_in_jail, means_.own_uid);
    if (!made) {
      slots_.at(*slot).taken = false;
      return made.error();
    }
  }
  cell.slot = *slot;
  cell.flavour = flavour;
  cell.memory_bytes_max = memory_bytes_max(cell);
  if (use == CellUse::session) {
    if (auto limited = limit_memory(cell, cell.memory_bytes_max); !limited) {
      slots_.at(*slot).taken = false;
      return limited.error();
    }
  }
  cell.id = ++last_id_;
  cell.zygote = &zygote;
  if (use == CellUse::proof) cell.proof.emplace();
  return &cells_.emplace(cell.id, std::move(cell)).first->second;
}

Cell* CellTable::find(protocol::CellId id) {
  const auto found = cells_.find(id);
  return found == cells_.end() ? nullptr : &found->second;
}

std::vector<Cell*> CellTable::cells_of(const ZygoteProcess& zygote) {
  std::vector<Cell*> found;
  for (auto& [id, cell] : cells_) {
    if (cell.zygote == &zygote) found.push_back(&cell);
  }
  return found;
}

std::span<const UniqueFd> CellTable::join_files(const Cell& cell) const {
  const auto& cgroup = slots_.at(cell.slot).cgroup;
  return cgroup ? cgroup->join_files() : std::span<const UniqueFd>{};
}

std::string CellTable::cgroup_name(const Cell& cell) const {
  const auto& cgroup = slots_.at(cell.slot).cgroup;
  return cgroup ? cgroup->name() : std::string{};
}

Status CellTable::limit_memory(Cell& cell, std::uint64_t bytes) {
  cell.memory_bytes_max = std::min(bytes, memory_bytes_max(cell));
  auto& cgroup = slots_.at(cell.slot).cgroup;
  if (!cgroup) return ok_status();  // the watch takes the new figure
  return cgroup->set_memory_limit(cell.memory_bytes_max);
}

Result<CgroupUsage> CellTable::measure_memory(const Cell& cell) {
  auto& cgroup = slots_.at(cell.slot).cgroup;
  if (!cgroup) return Error{"measure memory", ENOENT, "the cell has no group"};
  return cgroup->measure();
}

std::vector<pid_t> CellTable::further_processes(const Cell& cell) const {
  const auto& cgroup = slots_.at(cell.slot).cgroup;
  std::vector<pid_t> found = cgroup ? cgroup->processes() : std::vector<pid_t>{};
  std::erase(found, cell.process.pid());
  return found;
}

std::vector<pid_t> CellTable::script_processes(const Cell& cell) const {
  return cell.has_keeper ? further_processes(cell) : std::vector<pid_t>{cell.process.pid()};
}

std::chrono::microseconds CellTable::cpu_time(const Cell& cell) const {
  std::chrono::microseconds sum{0};
  for (const pid_t process : script_processes(cell)) {
    sum += cpu_time_of(process).value_or(std::chrono::microseconds{0});
  }
  return sum;
}

Status CellTable::look_again(const Cell& cell) {
  auto& cgroup = slots_.at(cell.slot).cgroup;
  return cgroup ? cgroup->look_again() : ok_status();
}

Status CellTable::put_behind(const Cell& cell, bool behind) {
  auto& cgroup = slots_.at(cell.slot).cgroup;
  if (!cgroup) return Error{"idle class", ENOENT, "the cell has no group"};
  if (auto status = cgroup->set_idle(behind); !status) return status;
  return cgroup->set_time_slices(behind ? kLongTimeSlice : kUsualTimeSlice);
}

bool CellTable::peak_is_counted(const Cell& cell) const {
  const auto& cgroup = slots_.at(cell.slot).cgroup;
  return cgroup && cgroup->tells_peak();
}

std::string CellTable::scratch_directory(const Cell& cell) const {
  return means_.scratch == nullptr ? "" : means_.scratch->directory_of(cell.uid_in_jail);
}

void CellTable::orphan_reaped(pid_t pid) {
  for (auto& [id, cell] : cells_) {
    if (cell.process.is_held() && cell.process.pid() == pid) cell.process.reaped();
  }
}

Result<CgroupUsage> CellTable::collect(Slot& slot) {
  if (!slot.cgroup) return CgroupUsage{};
  auto usage = slot.cgroup->collect_and_reset();
  if (usage && slot.cgroup->next_use() == CgroupNextUse::another_cell) return usage;
  // A group that cannot be read or cleared is not given to another cell: a new one is made.
  if (slot.cgroup->next_use() == CgroupNextUse::emptying && means_.cleaner != nullptr) {
    std::string file = slot.cgroup->emptying_file();  // before its directories go
    means_.cleaner->take(std::move(file), slot.cgroup->take_directories());
  }
  slot.cgroup.reset();
  return usage;
}

CellTable::Removed CellTable::remove(const Cell& cell) {
  const std::uint32_t number = cell.slot;
  Slot& slot = slots_.at(number);
  Result<CgroupUsage> usage = collect(slot);
  cells_.erase(cell.id);
  slot.taken = false;
  if (means_.scratch != nullptr) {
    if (auto removed = means_.scratch->remove(uid_of(number)); !removed) {
      slot.taken = true;
      unclear_.push_back(number);
      spdlog::warn("slot {} waits for its files to go: {}", number, removed.error().to_string());
    }
  }
  return {std::move(usage), number, !slot.taken};
}

std::vector<std::uint32_t> CellTable::clear_again() {
  std::vector<std::uint32_t> cleared;
  std::erase_if(unclear_, [&](std::uint32_t number) {
    if (!means_.scratch->remove(uid_of(number))) return false;
    slots_.at(number).taken = false;
    cleared.push_back(number);
    return true;
  });
  return cleared;
}

}  // namespace forkjail::supervisor
