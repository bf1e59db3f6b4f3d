#include "server/cells/cell_pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "server/cells/cell_supply.h"

namespace forkjail::server {

using protocol::Flavour;

std::uint32_t CellPoolConfig::parked_target_sum() const {
  return std::accumulate(parked_target.all.begin(), parked_target.all.end(), 0U);
}

// One shelf for each row of the table of flavours.
template <std::size_t... kRows>
CellPool::Shelves CellPool::make_shelves(std::index_sequence<kRows...> /*rows*/,
                                         const Executor& executor, const CellPoolConfig& config,
                                         CellMaker& maker, ShelfOwner& owner) {
  return {CellShelf(executor, protocol::kFlavours.at(kRows).flavour,
                    config.parked_target.all.at(kRows), config.making_times, maker, owner)...};
}

CellPool::CellPool(const Executor& executor, const CellPoolConfig& config, CellMaker& maker)
    : config_(config),
      shelves_(make_shelves(std::make_index_sequence<protocol::kFlavours.size()>(), executor,
                            config, maker, *this)) {}

void CellPool::close() {
  for (CellShelf& shelf : shelves_) shelf.close();
}

CellLease CellPool::take(Flavour flavour) {
  CellLease lease = shelf_at(flavour).take();
  if (!lease && flavour == Flavour::light) return shelf_at(Flavour::full).take();
  return lease;
}

void CellPool::set_waiting(const protocol::PerFlavour<std::uint32_t>& waiting) {
  for (const auto& row : protocol::kFlavours)
    shelf_at(row.flavour).set_waiting(waiting[row.flavour]);
  refill();
}

std::optional<std::string> CellPool::not_ready_reason() const {
  std::optional<std::string> waits_for;
  bool serves = false;
  for (const CellShelf& shelf : shelves_) {
    if (!shelf.offered() || shelf.flavour() == Flavour::session) continue;
    if (auto fault = shelf.fault()) return fault;
    serves = serves || shelf.serves();
    if (!waits_for) waits_for = shelf.waits_for();
  }
  return serves ? std::nullopt : waits_for;
}

// What asks for a light cell is served by a full one as well.
std::optional<std::string> CellPool::lasting_fault(Flavour flavour) const {
  auto fault = shelf(flavour).lasting_fault();
  const bool full_may_serve = flavour == Flavour::light && shelf(Flavour::full).offered() &&
                              !shelf(Flavour::full).lasting_fault();
  return full_may_serve ? std::nullopt : fault;
}

CellCounts CellPool::counts() const {
  CellCounts all;
  for (const CellShelf& shelf : shelves_) all += shelf.counts();
  return all;
}

std::uint32_t CellPool::parked_target() const {
  std::uint32_t all = 0;
  for (const CellShelf& shelf : shelves_) all += shelf.parked_target();
  return all;
}

const CellShelf& CellPool::shelf(Flavour flavour) const {
  return shelves_.at(static_cast<std::size_t>(flavour));
}

CellShelf& CellPool::shelf_at(Flavour flavour) {
  return shelves_.at(static_cast<std::size_t>(flavour));
}

CellShelf* CellPool::holder_of(protocol::CellId id) {
  const auto found =
      std::ranges::find_if(shelves_, [id](const CellShelf& shelf) { return shelf.holds(id); });
  return found == shelves_.end() ? nullptr : &*found;
}

void CellPool::on_zygote_ready(Flavour flavour, protocol::ZygoteReport report) {
  report_ = std::move(report);
  if (zygote_) zygote_(flavour, *report_);
  shelf_at(flavour).on_zygote_ready(report_->warm_up);
}

void CellPool::on_zygote_failed(Flavour flavour, std::string why) {
  shelf_at(flavour).on_zygote_failed(std::move(why));
  if (available_) available_();  // requests that wait in vain are told so
}

void CellPool::on_spare_zygote_failed(Flavour flavour, const std::string& why) {
  shelf_at(flavour).on_spare_zygote_failed(why);
}

void CellPool::on_cell_started(Flavour flavour, protocol::CellId id, pid_t pid, CellPipeFds fds) {
  shelf_at(flavour).on_cell_started(id, pid, std::move(fds));
}

void CellPool::on_spawn_failed(Flavour flavour, const Error& error) {
  shelf_at(flavour).on_spawn_failed(error);
}

void CellPool::on_cell_ended(protocol::CellId id, const CellEnd& end) {
  if (CellShelf* const shelf = holder_of(id)) shelf->on_cell_ended(id, end);
}

void CellPool::on_memory_limited(protocol::CellId id, int sys_errno) {
  if (sys_errno != 0) {
    // Not fatal: the cell's own rlimit holds the lower limit, its cgroup the configured one.
    spdlog::debug("lower memory limit of a cell: {}", std::strerror(sys_errno));
  }
  if (CellShelf* const shelf = holder_of(id)) shelf->on_memory_limited(id);
}

void CellPool::on_memory_measured(protocol::CellId id, const MemoryNow& now) {
  if (CellShelf* const shelf = holder_of(id)) shelf->on_memory_measured(id, now);
}

void CellPool::on_cannot_serve(const std::string& why) {
  if (hopeless_) hopeless_(why);
}

void CellPool::on_supervisor_lost(const Error& error) {
  for (const auto& row : protocol::kFlavours) {
    shelf_at(row.flavour).on_zygote_failed(error.to_string());
  }
  if (lost_) lost_(error);
}

void CellPool::on_parked() {
  if (available_) available_();
}

// Those that requests wait for go first; else the order is that of the flavours, and the light ones
// are the cheaper.
void CellPool::refill() {
  for (CellShelf& shelf : shelves_) {
    if (shelf.in_demand()) refill(shelf);
  }
  for (CellShelf& shelf : shelves_) {
    if (!shelf.in_demand()) refill(shelf);
  }
}

void CellPool::refill(CellShelf& shelf) const {
  if (const std::uint32_t room = room_for(shelf); room > 0) {
    shelf.order(std::min(shelf.wanted(), room));
  }
}

std::uint32_t CellPool::room_for(const CellShelf& shelf) const {
  const CellCounts all = counts();
  const std::uint32_t of_sessions = this->shelf(Flavour::session).counts().live();
  const bool is_for_sessions = shelf.flavour() == Flavour::session;
  RoomState room{.live = is_for_sessions ? of_sessions : all.live() - of_sessions,
                 .live_max = is_for_sessions ? config_.session_cells_max : config_.cells_max,
                 .making = all.making,
                 .making_max = config_.making_max,
                 .making_here = shelf.counts().making,
                 .waited_for = shelf.in_demand()};
  for (const CellShelf& other : shelves_) {
    if (&other != &shelf) room.late_elsewhere += other.late();
  }
  return room_to_make(room);
}

}  // namespace forkjail::server
