#include "server/cells/cell_pool.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "server/cells/cell_supply.h"

namespace forkjail::server {

using protocol::Flavour;

namespace {

// The flavour of an isolated owner's zygote. The supervisor takes no order for another one.
Flavour zygote_of(protocol::Owner owner) {
  return protocol::flavour_for(Flavour::full, owner).value_or(Flavour::full);
}

}  // namespace

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
      maker_(maker),
      shelves_(make_shelves(std::make_index_sequence<protocol::kFlavours.size()>(), executor,
                            config, maker, *this)) {
  for (CellShelf& shelf : shelves_) {
    if (protocol::owner_of(shelf.flavour()) == protocol::kEverybody) used_.push_back(&shelf);
  }
}

void CellPool::close() {
  for (CellShelf& shelf : shelves_) shelf.close();
}

void CellPool::use(CellShelf& shelf) {
  const auto place = std::ranges::lower_bound(used_, shelf.flavour(), {}, &CellShelf::flavour);
  if (place == used_.end() || *place != &shelf) used_.insert(place, &shelf);
}

void CellPool::offer(protocol::Owner owner, bool with_sessions) {
  const bool has_sessions = with_sessions && config_.session_cells_max > 0;
  for (CellShelf& shelf : shelves_) {
    if (protocol::owner_of(shelf.flavour()) != owner) continue;
    const bool for_sessions = is_session(shelf.flavour());
    const std::uint32_t sessions = has_sessions ? CellPoolConfig::kIsolatedSessionsParked : 0;
    shelf.set_parked_target(for_sessions ? sessions : CellPoolConfig::kIsolatedParked);
    use(shelf);
  }
  OwnerState& state = owners_.at(owner);
  state.offered = true;
  if (!std::exchange(state.has_zygote, true)) {
    maker_.offer(zygote_of(owner));
  }
  refill();
  if (available_) available_();  // requests that came before wait for what is not theirs
}

void CellPool::withdraw(protocol::Owner owner) {
  owners_.at(owner).offered = false;
  for (CellShelf* const shelf : used_) {
    if (protocol::owner_of(shelf->flavour()) == owner) shelf->set_parked_target(0);
  }
  end_unused(owner);
  if (available_) available_();
}

// The zygote goes only with the last cell, those that are ordered included: so nothing that comes
// after an offer to another key can be of a zygote from before it.
void CellPool::end_unused(protocol::Owner owner) {
  OwnerState& state = owners_.at(owner);
  if (owner == protocol::kEverybody || state.offered || !state.has_zygote) return;
  const auto is_its = [owner](const CellShelf* shelf) {
    return protocol::owner_of(shelf->flavour()) == owner;
  };
  const auto is_left = [&](const CellShelf* shelf) {
    return is_its(shelf) && shelf->counts().live() > 0;
  };
  if (std::ranges::any_of(used_, is_left)) return;
  state.has_zygote = false;
  maker_.withdraw(zygote_of(owner));
  for (CellShelf* const shelf : used_) {
    if (is_its(shelf)) shelf->on_zygote_withdrawn();
  }
}

CellLease CellPool::take(Flavour flavour) {
  CellLease lease = shelf_at(flavour).take();
  if (!lease && flavour == Flavour::light) return shelf_at(Flavour::full).take();
  return lease;
}

void CellPool::set_waiting(const protocol::PerFlavour<std::uint32_t>& waiting) {
  for (CellShelf* const shelf : used_) shelf->set_waiting(waiting[shelf->flavour()]);
  refill();
}

std::optional<std::string> CellPool::not_ready_reason() const {
  std::optional<std::string> waits_for;
  bool serves = false;
  for (const CellShelf& shelf : shelves_) {
    const bool is_for_all = protocol::owner_of(shelf.flavour()) == protocol::kEverybody;
    if (!shelf.offered() || is_session(shelf.flavour()) || !is_for_all) continue;
    if (auto fault = shelf.fault()) return fault;
    serves = serves || shelf.serves();
    if (!waits_for) waits_for = shelf.waits_for();
  }
  return serves ? std::nullopt : waits_for;
}

std::optional<std::string> CellPool::not_ready_reason(Flavour flavour) const {
  if (protocol::owner_of(flavour) == protocol::kEverybody) return not_ready_reason();
  const CellShelf& own = shelf(flavour);
  if (auto fault = own.fault()) return fault;
  return own.serves() ? std::nullopt : std::optional(own.waits_for());
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
  for (const CellShelf* const shelf : used_) all += shelf->counts();
  return all;
}

std::uint32_t CellPool::parked_target() const {
  std::uint32_t all = 0;
  for (const CellShelf* const shelf : used_) all += shelf->parked_target();
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
      std::ranges::find_if(used_, [id](const CellShelf* shelf) { return shelf->holds(id); });
  return found == used_.end() ? nullptr : *found;
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
  end_unused(protocol::owner_of(flavour));
}

void CellPool::on_spawn_failed(Flavour flavour, const Error& error) {
  shelf_at(flavour).on_spawn_failed(error);
  end_unused(protocol::owner_of(flavour));
}

void CellPool::on_cell_ended(protocol::CellId id, const CellEnd& end) {
  CellShelf* const shelf = holder_of(id);
  if (shelf == nullptr) return;
  shelf->on_cell_ended(id, end);
  end_unused(protocol::owner_of(shelf->flavour()));
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
  for (CellShelf* const shelf : used_) shelf->on_zygote_failed(error.to_string());
  if (lost_) lost_(error);
}

void CellPool::on_parked() {
  if (available_) available_();
}

// Those that requests wait for go first; else the order is that of the flavours, and the light ones
// are the cheaper.
void CellPool::refill() {
  for (CellShelf* const shelf : used_) {
    if (shelf->in_demand()) refill(*shelf);
  }
  for (CellShelf* const shelf : used_) {
    if (!shelf->in_demand()) refill(*shelf);
  }
}

void CellPool::refill(CellShelf& shelf) const {
  if (const std::uint32_t room = room_for(shelf); room > 0) {
    shelf.order(std::min(shelf.wanted(), room));
  }
}

std::uint32_t CellPool::room_for(const CellShelf& shelf) const {
  const bool is_for_sessions = is_session(shelf.flavour());
  RoomState room{.live_max = is_for_sessions ? config_.session_cells_max : config_.cells_max,
                 .making_max = config_.making_max,
                 .making_here = shelf.counts().making,
                 .waited_for = shelf.in_demand()};
  for (const CellShelf* const other : used_) {
    const CellCounts counts = other->counts();
    room.making += counts.making;
    if (other != &shelf) room.late_elsewhere += other->late();
    if (is_session(other->flavour()) != is_for_sessions) continue;
    room.live += counts.live();
    const bool is_for_all = protocol::owner_of(other->flavour()) == protocol::kEverybody;
    if (!is_for_all) room.live_max += other->parked_target();
  }
  return room_to_make(room);
}

}  // namespace forkjail::server
