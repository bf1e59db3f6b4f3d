#include "supervisor/supervise.h"

#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "base/exhaustion.h"
#include "base/exit_status.h"
#include "base/unix_socket.h"
#include "protocol/full_level.h"
#include "protocol/supervisor_channel.h"
#include "protocol/wire.h"
#include "supervisor/answer_watch.h"
#include "supervisor/cell_finisher.h"
#include "supervisor/cell_starter.h"
#include "supervisor/cell_table.h"
#include "supervisor/cgroup_cleaner.h"
#include "supervisor/cgroups.h"
#include "supervisor/child_reaper.h"
#include "supervisor/clock.h"
#include "supervisor/cpu_weights.h"
#include "supervisor/event_loop.h"
#include "supervisor/fleet.h"
#include "supervisor/guest_devices.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/jail_command.h"
#include "supervisor/jail_launcher.h"
#include "supervisor/keys_file.h"
#include "supervisor/long_runs.h"
#include "supervisor/memory_watch.h"
#include "supervisor/outside_memory_kills.h"
#include "supervisor/process_facts.h"
#include "supervisor/proof.h"
#include "supervisor/prover.h"
#include "supervisor/scratch_directories.h"
#include "supervisor/second_look.h"
#include "supervisor/server_channel.h"
#include "supervisor/server_orders.h"
#include "supervisor/watches.h"
#include "supervisor/zygote_channel.h"

namespace forkjail::supervisor {
namespace {

using protocol::IsolationLevel;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;

// Slots beyond the server's cells: one for a proof of each zygote, one that is just being cleared.
constexpr auto kSpareSlots = static_cast<std::uint32_t>(
    std::ranges::count_if(protocol::kFlavours, &protocol::FlavourRow::has_zygote) + 1);

// What was found and made before the first zygote. Outlives everything that runs.
struct Place {
  const Config& config;
  JailPlan plan;
  std::string cgroups_missing;          // why there are none
  std::unique_ptr<Cgroups> cgroups;     // null if there are none
  std::unique_ptr<CpuWeights> weights;  // likewise
  bool long_runs_give_way = false;
  std::unique_ptr<ScratchDirectories> scratch;  // null where each cell has a tmpfs
  UniqueFd signals;

  [[nodiscard]] uid_t first_id() const { return static_cast<uid_t>(config.cell_ids.first); }
  // As the host sees them.
  [[nodiscard]] uid_t zygote_uid() const { return plan.layers.own_uid ? first_id() : ::geteuid(); }
  [[nodiscard]] uid_t uid_of(const Cell& cell) const {
    if (!plan.layers.own_uid) return ::geteuid();
    return plan.kind == JailKind::nsjail ? first_id() + cell.uid_in_jail : cell.uid_in_jail;
  }
  [[nodiscard]] bool offers_sessions() const { return config.session_memory_bytes_max > 0; }
  // Full is every layer; what the place refuses makes it the fallback level, layer by layer.
  [[nodiscard]] IsolationLevel level() const {
    return protocol::is_full(plan.layers) ? IsolationLevel::full : IsolationLevel::fallback;
  }
};

// In a user namespace a cell's uid counts from 0, else it is the host's.
CellTable::Means means_of_cells(const Place& place, CgroupCleaner& cleaner) {
  const JailPlan& plan = place.plan;
  uid_t first = kFirstCellUid;
  if (plan.kind == JailKind::chroot) first += place.first_id();
  const bool only_one_uid = plan.kind == JailKind::nsjail && !plan.layers.own_uid;
  return {.cgroups = place.cgroups.get(),
          .cleaner = place.cgroups ? &cleaner : nullptr,
          .scratch = place.scratch.get(),
          .memory_bytes_max = place.config.memory_bytes_max,
          .session_memory_bytes_max = place.config.session_memory_bytes_max,
          .sessions_have_keepers = protocol::is_full(plan.layers),
          .uid_of_first_slot = first,
          .uid_a_slot = !only_one_uid,
          .own_uid = plan.layers.own_uid};
}

Result<std::unique_ptr<ZygoteProcess>> start_zygote(const Place& place, const NextZygote& next) {
  auto jail = launch_jail(place.config, place.plan, next.flavour, next.warm_up,
                          place.scratch ? place.scratch->base_in_jail() : "");
  if (!jail) return jail.error();
  return std::make_unique<ZygoteProcess>(*std::move(jail), next, Clock::now());
}

Result<std::vector<protocol::Layer>> inspect(const Place& place, const CellTable& cells,
                                             const Cell& cell) {
  if (!place.config.skipped_step.empty()) return claimed_layers(place.plan);
  return prove_layers({.zygote = cell.zygote->zygote_pid(),
                       .zygote_uid = place.zygote_uid(),
                       .cell = cell.process.pid(),
                       .cell_uid = place.uid_of(cell),
                       .plan = place.plan,
                       .guest_root = place.config.guest_root,
                       .cgroup_name = cells.cgroup_name(cell)});
}

// The parts of a supervisor, each with what it needs of those above it.
class Supervisor {
 public:
  Supervisor(Place place, LogOutput& log, UniqueFd server)
      : place_(std::move(place)), log_(log), server_(std::move(server)) {}

  // Until the server is gone. Then everything is ended and waited for, so that the cgroups and
  // directories can be removed.
  void run() {
    loop_.run();
    finisher_.end_all();
    fleet_.end_all();
    cleaner_.stop();
    ChildReaper::reap_rest(CellFinisher::kDeathTimeMax);
  }

 private:
  [[nodiscard]] ScratchRemovals* removals() const {
    return place_.scratch ? &place_.scratch->removals() : nullptr;
  }
  [[nodiscard]] Fleet::Options fleet_options() const {
    return {.offers_full = !place_.config.preload.empty(),
            .offers_sessions = place_.offers_sessions(),
            .offers_owners = !place_.config.keys_path.empty(),
            .runs_max = place_.config.zygote_runs_max,
            .age_max = place_.config.zygote_age_max};
  }
  [[nodiscard]] Prover::Options prover_options() const {
    return {.level = place_.level(),
            .cgroups_missing = place_.cgroups_missing,
            .memory_bytes_max = place_.config.memory_bytes_max,
            .never_serves = !place_.config.skipped_step.empty()};
  }

  Place place_;
  LogOutput& log_;
  ServerChannel server_;
  CgroupCleaner cleaner_;
  MemoryWatch memory_watch_{resident_bytes};
  AttendedClock attended_{Clock::now(), Watches::kPause};
  CellTable cells_{place_.config.cells_max + kSpareSlots, means_of_cells(place_, cleaner_)};
  Fleet fleet_{fleet_options(),
               [this](const NextZygote& next) { return start_zygote(place_, next); }, cells_,
               server_, Clock::now};
  CellStarter starter_{
      place_.plan.layers.namespaces, cells_, fleet_, server_, memory_watch_, attended_};
  CellFinisher finisher_{place_.cgroups != nullptr,          cells_,    starter_, fleet_, server_,
                         OutsideMemoryKills::of_own_group(), Clock::now};
  Prover prover_{
      prover_options(), [this](const Cell& cell) { return inspect(place_, cells_, cell); },
      cells_,           starter_,
      fleet_,           Clock::now};
  ZygoteChannel zygotes_{cells_, fleet_, prover_, starter_, finisher_};
  KeysFile keys_{place_.config.keys_path, server_};
  ParentLook server_look_;
  LongRuns long_runs_{
      place_.long_runs_give_way,
      cells_,
      {.cpu_time = [this](const Cell& cell) { return cells_.cpu_time(cell); },
       .put = [this](const Cell& cell, bool behind) { return cells_.put_behind(cell, behind); },
       .look_again = [this](const Cell& cell) { return cells_.look_again(cell); },
       .look_again_at_server = [this] { return server_look_.take(); },
       .recover_server = [this] { return server_look_.recover(); }},
      Clock::now};
  ServerOrders orders_{server_, cells_, fleet_, starter_, keys_, long_runs_};
  Watches watches_{{.memory = place_.cgroups == nullptr, .scratch = place_.scratch != nullptr},
                   cells_,
                   fleet_,
                   starter_,
                   finisher_,
                   memory_watch_,
                   attended_,
                   Clock::now};
  ChildReaper children_{std::move(place_.signals),
                        fleet_,
                        cells_,
                        finisher_,
                        zygotes_,
                        server_,
                        removals(),
                        cleaner_,
                        Clock::now};
  EventLoop loop_{{.log = log_,
                   .cells = cells_,
                   .server = server_,
                   .orders = orders_,
                   .fleet = fleet_,
                   .prover = prover_,
                   .zygotes = zygotes_,
                   .finisher = finisher_,
                   .children = children_,
                   .watches = watches_,
                   .keys = keys_,
                   .long_runs = long_runs_,
                   .removals = removals()}};
};

// Ahead of the cells for the processor, or the cells behind by niceness. Null: the latter.
std::unique_ptr<CpuWeights> raise_weights(Cgroups* cgroups, JailPlan& plan) {
  auto weights = CpuWeights::raise({::getpid(), ::getppid()}, cgroups);
  if (weights) {
    plan.cpu_way_out = (*weights)->way_out();
    return *std::move(weights);
  }
  plan.niceness = kFallbackNiceness;
  spdlog::info("scripts run at niceness {} and without a lower CPU weight: {}", plan.niceness,
               weights.error().to_string());
  return nullptr;
}

// Whether runs that compute for long can be put behind the others.
bool weigh_cells(const CpuWeights* weights, Cgroups* cgroups) {
  const bool has_groups = weights != nullptr && cgroups != nullptr;
  const Status status = has_groups ? cgroups->weigh_cells(weights->outer())
                                   : Error{"cpu", 0, "no control groups for cells, or no weights"};
  if (status) return true;
  spdlog::info("long runs do not give way to short ones: {}", status.error().to_string());
  return false;
}

// Everything that must be there before the first zygote, or the reason why nothing can serve.
Result<Place> prepare(const Config& config) {
  auto signals = ChildReaper::block_signals();
  if (!signals) return signals.error();
  // Orphans of a zygote become our children and not the server's, which reaps none.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return errno_error("become a subreaper");
  auto plan = probe_isolation(config);
  if (!plan) return plan.error();
  if (auto status = find_parts(config, *plan); !status) return status.error();
  if (!plan->layers.namespaces) {
    spdlog::warn("FALLBACK isolation: {}", plan->namespaces_missing);
  } else if (!plan->layers.own_uid) {
    spdlog::warn("FALLBACK isolation: not root, so all runs share one uid");
  }
  auto cgroups = Cgroups::find(config.cgroup_parent, {::getpid(), ::getppid()});
  if (!cgroups) {
    if (config.isolation == IsolationMode::full) return cgroups.error();
    spdlog::warn("FALLBACK isolation: no cgroup for the runs: {}", cgroups.error().to_string());
  }
  plan->layers.memory_cgroup = cgroups.ok();
  if (config.isolation == IsolationMode::full && !plan->layers.own_uid) {
    return Error{"isolation", EPERM, "--isolation=full needs root, to give each run its own uid"};
  }
  if (plan->kind == JailKind::chroot) {
    const auto devices = make_devices(config.guest_root);
    if (!devices) spdlog::warn("scripts have no device files: {}", devices.error().to_string());
  }
  std::unique_ptr<ScratchDirectories> scratch;
  if (!plan->layers.namespaces) {
    auto made = ScratchDirectories::make(config, plan->kind);
    if (!made) return made.error();
    scratch = *std::move(made);
  }
  auto weights = raise_weights(cgroups ? cgroups->get() : nullptr, *plan);
  const bool give_way = weigh_cells(weights.get(), cgroups ? cgroups->get() : nullptr);
  const std::string missing = cgroups ? "" : cgroups.error().to_string();
  return Place{.config = config,
               .plan = *std::move(plan),
               .cgroups_missing = missing,
               .cgroups = cgroups ? *std::move(cgroups) : nullptr,
               .weights = std::move(weights),
               .long_runs_give_way = give_way,
               .scratch = std::move(scratch),
               .signals = *std::move(signals)};
}

// After a failure that may pass, the process manager starts the service again. After any other the
// exit status tells it not to.
int refuse_to_serve(const Error& error, const UniqueFd& server_socket) {
  if (is_exhaustion(error.sys_errno)) {
    spdlog::critical("cannot serve: {}", error.to_string());
    return kExitFailed;
  }
  const SupervisorMessage message{.verb = SupervisorVerb::cannot_serve};
  (void)send_packet(server_socket.get(), protocol::with_text(message, error.to_string()));
  return kExitCannotServe;
}

}  // namespace

int supervise(const Config& config, LogOutput& log, UniqueFd server_socket) {
  auto place = prepare(config);
  if (!place) return refuse_to_serve(place.error(), server_socket);
  Supervisor(*std::move(place), log, std::move(server_socket)).run();
  return 0;
}

}  // namespace forkjail::supervisor
