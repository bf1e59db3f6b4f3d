// The supply of cells: one shelf for each flavour, and the bounds that all of them share. The one
// place that orders cells from the supervisor and the one that ends them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "loop/loop.h"
#include "protocol/flavour.h"
#include "protocol/zygote_report.h"
#include "server/cells/cell_maker.h"
#include "server/cells/cell_shelf.h"

namespace forkjail::server {

struct CellPoolConfig {
  protocol::PerFlavour<std::uint32_t> parked_target{3, 3};  // 0: no cells of this flavour
  std::uint32_t cells_max = 16;         // live at once, dying ones included; without sessions'
  std::uint32_t session_cells_max = 0;  // likewise of sessions: neither takes the other's places
  // Spawned and not parked yet, of all flavours: more only delays each of them. Those that come
  // late do not count for the other flavours, and a flavour that a request waits for may always
  // have one, so that a zygote that makes none does not keep another from it.
  std::uint32_t making_max = 2;
  MakingTimes making_times{};
  // How many may be parked for owners of zygotes of their own, all together. They are beyond the
  // bounds above: a cell that waits for one owner takes nobody's place.
  std::uint32_t isolated_parked_max = 0;

  // Of each such owner.
  static constexpr std::uint32_t kIsolatedParked = 2;
  static constexpr std::uint32_t kIsolatedSessionsParked = 1;

  [[nodiscard]] std::uint32_t parked_target_sum() const;
  [[nodiscard]] std::uint32_t cells_max_sum() const {
    return cells_max + session_cells_max + isolated_parked_max;
  }
};

class CellPool final : public SupervisorEvents, private ShelfOwner {
 public:
  // `maker` outlives the pool.
  CellPool(const Executor& executor, const CellPoolConfig& config, CellMaker& maker);
  CellPool(const CellPool&) = delete;  // its shelves point to it
  CellPool& operator=(const CellPool&) = delete;

  // Called whenever a parked cell became available.
  void on_available(std::function<void()> callback) { available_ = std::move(callback); }
  // Called once, when the supervisor is gone.
  void on_lost(std::function<void(const Error&)> callback) { lost_ = std::move(callback); }
  // Called once, when the supervisor says that a start can never succeed here.
  void on_hopeless(std::function<void(const std::string&)> callback) {
    hopeless_ = std::move(callback);
  }
  // Called when a zygote became ready, the first and every later one.
  void on_zygote(std::function<void(protocol::Flavour, const protocol::ZygoteReport&)> callback) {
    zygote_ = std::move(callback);
  }

  // Makes no more cells.
  void close();

  // Gives this owner a zygote and cells that nobody else gets; for its sessions too, if the service
  // has them.
  void offer(protocol::Owner owner, bool with_sessions);
  // Not any more. Runs and sessions that have such cells go on; the zygote goes with the last.
  void withdraw(protocol::Owner owner);
  // Whether nothing is left of what the owner had, so that it can be another key.
  [[nodiscard]] bool is_free(protocol::Owner owner) const { return !owners_.at(owner).has_zygote; }

  // A parked cell of this flavour, or an empty lease. A request for a light cell, if there is none,
  // is served as well by a full one; a script that names pandas is worth waiting for a cell with
  // it.
  [[nodiscard]] CellLease take(protocol::Flavour flavour);
  // How many requests wait for a cell; raises the supply while above zero.
  void set_waiting(const protocol::PerFlavour<std::uint32_t>& waiting);

  // Why no script can be run now; nothing when they can. While the first zygote of one flavour
  // still warms, the scripts for it wait in the queue and the others are served.
  [[nodiscard]] std::optional<std::string> not_ready_reason() const;
  // Why one for this flavour cannot be run now. Only for an owner's own that is something else:
  // what is wrong with that does not make the service unready.
  [[nodiscard]] std::optional<std::string> not_ready_reason(protocol::Flavour flavour) const;
  // Why a request for this flavour would wait in vain: the zygotes that could serve it fail one
  // after the other. Empty while one serves, or has failed once and may do better.
  [[nodiscard]] std::optional<std::string> lasting_fault(protocol::Flavour flavour) const;
  // The latest.
  [[nodiscard]] const std::optional<protocol::ZygoteReport>& zygote_report() const {
    return report_;
  }
  [[nodiscard]] CellCounts counts() const;
  [[nodiscard]] std::uint32_t parked_target() const;  // of all flavours that can be made here
  // How often the files of a finished run could not be removed.
  [[nodiscard]] std::uint64_t removal_failures() const { return removal_failures_; }
  [[nodiscard]] const CellShelf& shelf(protocol::Flavour flavour) const;
  [[nodiscard]] const CellPoolConfig& config() const { return config_; }

  // SupervisorEvents
  void on_zygote_ready(protocol::Flavour flavour, protocol::ZygoteReport report) override;
  void on_zygote_failed(protocol::Flavour flavour, std::string why) override;
  void on_spare_zygote_failed(protocol::Flavour flavour, const std::string& why) override;
  void on_cell_started(protocol::Flavour flavour, protocol::CellId id, pid_t pid,
                       CellPipeFds fds) override;
  void on_spawn_failed(protocol::Flavour flavour, const Error& error) override;
  void on_cell_ended(protocol::CellId id, const CellEnd& end) override;
  void on_memory_limited(protocol::CellId id, int sys_errno) override;
  void on_memory_measured(protocol::CellId id, const MemoryNow& now) override;
  void on_removal_failed() override { ++removal_failures_; }
  void on_cannot_serve(const std::string& why) override;
  void on_supervisor_lost(const Error& error) override;

 private:
  using Shelves = std::array<CellShelf, protocol::kFlavours.size()>;
  template <std::size_t... kRows>
  static Shelves make_shelves(std::index_sequence<kRows...> rows, const Executor& executor,
                              const CellPoolConfig& config, CellMaker& maker, ShelfOwner& owner);

  // ShelfOwner
  void on_parked() override;
  void refill() override;

  struct OwnerState {
    bool offered = false;
    bool has_zygote = false;  // as far as was ordered
  };
  // What happened may have been the last of an owner that is not offered any more.
  void end_unused(protocol::Owner owner);
  void use(CellShelf& shelf);

  void refill(CellShelf& shelf) const;
  [[nodiscard]] std::uint32_t room_for(const CellShelf& shelf) const;
  [[nodiscard]] CellShelf& shelf_at(protocol::Flavour flavour);
  [[nodiscard]] CellShelf* holder_of(protocol::CellId id);

  CellPoolConfig config_;
  CellMaker& maker_;
  Shelves shelves_;
  std::vector<CellShelf*> used_;  // those that have or had cells, in the order of flavours
  std::array<OwnerState, protocol::kIsolatedOwnersMax + 1> owners_;
  std::optional<protocol::ZygoteReport> report_;
  std::uint64_t removal_failures_ = 0;
  std::function<void()> available_;
  std::function<void(const Error&)> lost_;
  std::function<void(const std::string&)> hopeless_;
  std::function<void(protocol::Flavour, const protocol::ZygoteReport&)> zygote_;
};

}  // namespace forkjail::server
