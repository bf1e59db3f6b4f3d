#include "supervisor/supervise.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <list>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "base/exhaustion.h"
#include "base/one_line.h"
#include "base/unix_socket.h"
#include "protocol/packets.h"
#include "protocol/run_frames.h"
#include "protocol/supervisor_channel.h"
#include "protocol/wire.h"
#include "protocol/worker_channel.h"
#include "protocol/worker_report.h"
#include "supervisor/canaries.h"
#include "supervisor/cell_table.h"
#include "supervisor/cgroups.h"
#include "supervisor/cpu_weights.h"
#include "supervisor/guest_devices.h"
#include "supervisor/isolation_probe.h"
#include "supervisor/jail_command.h"
#include "supervisor/memory_watch.h"
#include "supervisor/next_worker.h"
#include "supervisor/oom_score.h"
#include "supervisor/outside_memory_kills.h"
#include "supervisor/process_facts.h"
#include "supervisor/proof.h"
#include "supervisor/proof_pipes.h"
#include "supervisor/scratch_directories.h"
#include "supervisor/scratch_watch.h"
#include "supervisor/worker.h"

namespace forkjail::supervisor {
namespace {

using protocol::Flavour;
using protocol::ServerMessage;
using protocol::ServerVerb;
using protocol::SupervisorMessage;
using protocol::SupervisorVerb;
using protocol::WorkerMessage;
using protocol::WorkerVerb;
using Clock = std::chrono::steady_clock;

// Slots beyond the server's cells: one for a proof of each flavour, one that is just being cleared.
constexpr std::uint32_t kSpareSlots = protocol::kFlavours.size() + 1;
constexpr std::chrono::milliseconds kFirstRetryPause{200};
constexpr std::chrono::milliseconds kLastRetryPause{5'000};
constexpr std::chrono::seconds kStartTimeMax{60};  // a cold import of pandas on a slow machine
constexpr std::chrono::milliseconds kTick{1'000};
constexpr std::chrono::milliseconds kCanaryWriteTimeMax{1'000};
constexpr std::chrono::milliseconds kWatchTick{50};  // where no memory cgroup bounds a run
constexpr std::chrono::milliseconds kCellDeathTimeMax{2'000};  // of a killed cell
constexpr std::chrono::milliseconds kReapPause{5};

class Supervisor {
 public:
  Supervisor(const Config& config, LogOutput& log, JailPlan plan, UniqueFd server,
             Result<std::unique_ptr<Cgroups>> cgroups, std::unique_ptr<ScratchDirectories> scratch,
             std::unique_ptr<CpuWeights> weights, UniqueFd signals)
      : config_(config),
        log_(log),
        plan_(std::move(plan)),
        server_(std::move(server)),
        signals_(std::move(signals)),
        cgroups_missing_(cgroups.ok() ? "" : cgroups.error().to_string()),
        cgroups_(cgroups.ok() ? *std::move(cgroups) : nullptr),
        weights_(std::move(weights)),
        scratch_(std::move(scratch)),
        cells_(config.cells_max + kSpareSlots, means_of_cells()) {}

  // Until the server is gone.
  void run() {
    while (serving_) {
      keep_workers();
      wait_and_dispatch();
    }
    end_all();
  }

 private:
  // In a user namespace a cell's uid counts from 0, else it is the host's.
  CellTable::Means means_of_cells() {
    uid_t first = kFirstCellUid;
    if (plan_.kind == JailKind::chroot) first += first_id();
    const bool only_one_uid = plan_.kind == JailKind::nsjail && !plan_.walls.own_uid;
    return {.cgroups = cgroups_.get(),
            .cleaner = cgroups_ ? &cleaner_ : nullptr,
            .scratch = scratch_.get(),
            .memory_bytes_max = config_.memory_bytes_max,
            .uid_of_first_slot = first,
            .uid_a_slot = !only_one_uid,
            .own_uid = plan_.walls.own_uid};
  }

  // As the host sees them.
  uid_t zygote_uid() const { return plan_.walls.own_uid ? first_id() : ::geteuid(); }
  uid_t first_id() const { return static_cast<uid_t>(config_.cell_ids.first); }
  uid_t uid_of(const Cell& cell) const {
    if (!plan_.walls.own_uid) return ::geteuid();
    return plan_.kind == JailKind::nsjail ? first_id() + cell.uid_in_jail : cell.uid_in_jail;
  }

  // ---- workers ----

  // The one that serves this flavour.
  Worker* current(Flavour flavour) {
    for (auto& worker : workers_) {
      if (worker->flavour() == flavour && worker->state == WorkerState::ready) return worker.get();
    }
    return nullptr;
  }

  static bool is_coming(const Worker& worker) {
    return worker.state == WorkerState::starting || worker.state == WorkerState::proving;
  }

  bool one_is_coming(Flavour flavour) const {
    return std::ranges::any_of(workers_, [flavour](const auto& worker) {
      return worker->flavour() == flavour && is_coming(*worker);
    });
  }

  // Without modules to import, all cells are light.
  bool is_offered(Flavour flavour) const {
    return flavour == Flavour::light || !config_.preload.empty();
  }

  bool worn_out(const Worker& worker) const {
    return worker.runs() >= config_.worker_runs_max ||
           Clock::now() - worker.started_at() >= config_.worker_age_max;
  }

  // Ends what takes too long to start, and starts what is missing or has served long enough.
  void keep_workers() {
    for (auto& worker : workers_) {
      if (is_coming(*worker) && Clock::now() - worker->started_at() > kStartTimeMax) {
        worker_failed(*worker, Error{"start the zygote", ETIMEDOUT, {}});
      }
    }
    while (const auto next = next_worker(flavour_states())) start_worker(*next);
  }

  protocol::PerFlavour<FlavourState> flavour_states() {
    protocol::PerFlavour<FlavourState> states;
    for (const auto& [flavour, name] : protocol::kFlavours) {
      FlavourState& state = states[flavour];
      state.offered = is_offered(flavour);
      state.paused = Clock::now() < retries_[flavour].next_start;
      state.coming = one_is_coming(flavour);
      if (const Worker* serving = current(flavour)) {
        state.serving = serving->warm_up();
        state.worn_out = worn_out(*serving);
      }
    }
    return states;
  }

  void start_worker(const NextWorker& next) {
    auto started = Worker::start(config_, plan_, next.flavour, next.warm_up,
                                 scratch_ ? scratch_->base_in_jail() : "");
    if (!started) {
      const Error& error = started.error();
      return start_failed(next.flavour, error, is_exhaustion(error.sys_errno));
    }
    workers_.push_back(*std::move(started));
  }

  // Once a flavour has served, a start that fails is tried again whatever the reason. Before, what
  // would fail again ends the service: its operator is told at once, not its clients for ever.
  void start_failed(Flavour flavour, const Error& error, bool may_pass) {
    if (retries_[flavour].has_served || may_pass) return say_worker_failed(flavour, error, false);
    say({.verb = SupervisorVerb::cannot_serve, .flavour = flavour}, error.to_string());
    retries_[flavour].next_start = Clock::time_point::max();
    serving_ = false;
  }

  // Where another worker serves, it goes on; not so when the walls could not be proved, for what
  // failed there may have failed for the other, too.
  void say_worker_failed(Flavour flavour, const Error& error, bool at_its_proof) {
    auto& [next_start, pause, has_served] = retries_[flavour];
    pause = std::min(std::max(pause * 2, kFirstRetryPause), kLastRetryPause);
    next_start = Clock::now() + pause;
    spdlog::error("{} zygote: {}; next attempt in {} ms", name_of(flavour), error.to_string(),
                  pause.count());
    const bool other_serves = !at_its_proof && current(flavour) != nullptr;
    say({.verb = other_serves ? SupervisorVerb::spare_worker_failed : SupervisorVerb::worker_failed,
         .sys_errno = error.sys_errno,
         .flavour = flavour},
        error.to_string());
  }

  void worker_failed(Worker& worker, const Error& error) {
    if (worker.state == WorkerState::ended) return;
    const bool at_its_proof = worker.state == WorkerState::proving;
    worker.end();
    say_worker_failed(worker.flavour(), error, at_its_proof);
  }

  // The zygote can clone. Before it serves, one cell of it is looked at from outside, and attacked
  // from inside.
  void prove(Worker& worker, pid_t zygote, protocol::WorkerReport packages) {
    if (worker.state != WorkerState::starting) {
      return worker_failed(worker, Error{"zygote", EPROTO, "it reported ready twice"});
    }
    if (auto status = worker.warmed(zygote, std::move(packages)); !status) {
      return worker_failed(worker, status.error());
    }
    worker.state = WorkerState::proving;
    if (auto status = make_cell(worker, true); !status) worker_failed(worker, status.error());
  }

  // The proof cell said something: that it is parked, or how the canary attacks went. All that is
  // there is taken, before its zygote is heard: a cell exits once it has said its last word.
  void hear_proof(Cell& cell) {
    auto frame = cell.proof_reply.next(cell.reply.read_end.get());
    while (frame && *frame && (*frame)->type == protocol::FrameType::refused_syscalls) {
      frame = cell.proof_reply.next(cell.reply.read_end.get());
    }
    if (!frame) return proof_cell_died(cell, frame.error());
    if (!*frame) return;  // more is to come
    if (cell.canaries_since) {
      judge_canaries(cell, **frame);
    } else {
      look_at(cell, **frame);
    }
  }

  void proof_cell_died(const Cell& cell, const Error& error) {
    const Error why = cell.canaries_since
                          ? Error{"run the canaries", error.sys_errno, "they gave no answer"}
                          : Error{"prove the isolation", error.sys_errno, "the first cell died"};
    worker_failed(*cell.worker, why);
  }

  void look_at(Cell& cell, const Frame& frame) {
    Worker& worker = *cell.worker;
    if (frame.type != protocol::FrameType::parked) {
      return worker_failed(worker, setup_failure(frame));
    }
    auto layers = layers_of(cell);
    if (!layers) {
      kill(cell);
      return worker_failed(worker, layers.error());
    }
    worker.layers = *std::move(layers);
    send_canaries(cell);
  }

  Result<std::vector<protocol::Layer>> layers_of(const Cell& cell) {
    if (!config_.skipped_step.empty()) return claimed_layers(plan_);
    return prove_walls({.zygote = cell.worker->zygote_pid(),
                        .zygote_uid = zygote_uid(),
                        .cell = cell.process.pid(),
                        .cell_uid = uid_of(cell),
                        .plan = plan_,
                        .guest_root = config_.guest_root,
                        .cgroup_name = cells_.cgroup_name(cell)});
  }

  void send_canaries(Cell& cell) {
    cell.canaries_since = Clock::now();
    const auto request = canary_request(cell.worker->layers, config_.memory_bytes_max);
    const auto sent = write_within(cell.request.write_end.get(), request, kCanaryWriteTimeMax);
    cell.request = {};
    if (!sent) worker_failed(*cell.worker, sent.error());
  }

  void judge_canaries(const Cell& cell, const Frame& frame) {
    Worker& worker = *cell.worker;
    const auto held = canary_verdict(frame);
    kill(cell);
    if (!held) {
      spdlog::critical("refusing to run scripts: {}", held.error().to_string());
      return worker_failed(worker, held.error());
    }
    if (!config_.skipped_step.empty()) {
      return worker_failed(worker,
                           Error{"--skip-step", 0, "is for tests only; no canary noticed it"});
    }
    const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
        Clock::now() - cell.canaries_since.value_or(Clock::now()));
    spdlog::info("every canary attack was held off, in {} us", time.count());
    serve_with(worker);
  }

  static Error setup_failure(const Frame& frame) {
    auto failure =
        protocol::from_wire<protocol::SetupFailure>(std::as_bytes(std::span(frame.payload)));
    if (!failure) return Error{"enter the jail", EPROTO, "a malformed report"};
    failure->step.back() = '\0';
    return Error{std::string("enter the jail: ") + failure->step.data(), failure->sys_errno, {}};
  }

  void serve_with(Worker& worker) {
    for (auto& old : workers_) {
      if (old->flavour() != worker.flavour() || old->state != WorkerState::ready) continue;
      old->state = WorkerState::retired;
      end_if_done(*old);
    }
    worker.state = WorkerState::ready;
    retries_[worker.flavour()].pause = {};
    retries_[worker.flavour()].has_served = true;
    std::vector<protocol::Layer> layers = std::move(worker.layers);
    if (cgroups_ == nullptr) {
      layers.push_back({"memory and pids cgroup", protocol::LayerState::off, cgroups_missing_});
    }
    worker.proven(level(), std::move(layers));
    say({.verb = SupervisorVerb::worker_ready, .flavour = worker.flavour()},
        protocol::encode(worker.report()));
  }

  // Full is every wall: what a place refuses makes it the fallback level, layer by layer.
  protocol::IsolationLevel level() const {
    const bool full = plan_.walls.namespaces && plan_.walls.own_uid && cgroups_ != nullptr;
    return full ? protocol::IsolationLevel::full : protocol::IsolationLevel::fallback;
  }

  // A retired worker goes with its last cell. One that it was told to make and did not is none yet.
  void end_if_done(Worker& worker) {
    if (worker.state != WorkerState::retired) return;
    const auto cells = cells_.cells_of(worker);
    const bool all_gone =
        std::ranges::all_of(cells, [](const Cell* cell) { return is_only_a_slot(*cell); });
    if (all_gone) worker.end();
  }

  // The zygote is gone, and its cells with it or about to be.
  void bury(Worker& worker) {
    if (worker.state != WorkerState::ended) {
      worker_failed(worker, Error{"zygote", 0, "nsjail or the zygote exited by itself"});
    }
    for (const Cell* cell : cells_.cells_of(worker)) {
      kill(*cell);
      wait_for_death(*cell);
    }
    for (Cell* cell : cells_.cells_of(worker)) {
      if (cell->process.exists()) {
        ended(*cell, {});
      } else {
        spawn_failed(worker.flavour(), cell, Error{"clone", ECHILD, "the zygote is gone"});
      }
    }
  }

  // ---- workers that do not answer (answer_watch.h) ----

  void watch_answers() {
    attended_.look(Clock::now());
    if (attended_.passed() < next_answer_look_) return;
    next_answer_look_ = attended_.passed() + (one_is_silent() ? kWatchTick : kTick);
    for (auto& worker : workers_) {
      const bool served =
          worker->state == WorkerState::ready || worker->state == WorkerState::retired;
      if (!served) continue;
      if (!worker->silent && does_not_answer(*worker)) replace_silent(*worker);
      if (worker->silent) clear_dead_cells(*worker);
    }
  }

  bool one_is_silent() const {
    return std::ranges::any_of(workers_, [](const auto& worker) {
      return worker->silent && worker->state != WorkerState::ended;
    });
  }

  bool does_not_answer(const Worker& worker) {
    Clock::duration owed{};
    for (Cell* cell : cells_.cells_of(worker)) {
      if (is_only_a_slot(*cell)) continue;
      owed = std::max(owed, cell->answer.owed(cell->process, attended_.passed()));
    }
    if (!hangs(owed, is_at_work(worker.zygote_pid()))) return false;
    pollfd words{worker.control(), POLLIN, 0};
    return ::poll(&words, 1, 0) == 0;  // else it is we who did not listen yet
  }

  // Its cells are not lost with it: the server holds their pipes and we can kill each by itself. So
  // it is retired rather than killed, and goes with its last cell.
  void replace_silent(Worker& worker) {
    worker.silent = true;
    worker.state = WorkerState::retired;
    say_worker_failed(worker.flavour(), Error{"the zygote does not answer", 0, "it is replaced"},
                      false);
    for (Cell* cell : cells_.cells_of(worker)) {
      if (!cell->process.exists()) give_up(*cell, Error{"clone", 0, "the zygote does not answer"});
    }
  }

  // The zygote does not say which of its cells died, so we look. How they died it alone could say.
  void clear_dead_cells(Worker& worker) {
    for (Cell* cell : cells_.cells_of(worker)) {
      if (cell->process.is_dead()) ended(*cell, {});
    }
    end_if_done(worker);
  }

  // Given up, and no process that we know of.
  static bool is_only_a_slot(const Cell& cell) { return cell.given_up && !cell.process.exists(); }

  // The server gets another in its place. The cell, if there is one, ends by the end of its request
  // pipe, and its slot is free when it is gone.
  void give_up(Cell& cell, const Error& error) {
    if (cell.given_up) return;
    const bool for_proof = cell.for_proof;
    cell.given_up = true;
    cell.request = {};
    cell.reply = {};
    cell.stdout_pipe = {};
    cell.stderr_pipe = {};
    if (for_proof) return worker_failed(*cell.worker, error);
    say_spawn_failed(cell.worker->flavour(), error);
  }

  // ---- cells ----

  Status make_cell(Worker& worker, bool for_proof) {
    auto cell = cells_.add(worker, for_proof);
    if (!cell) return cell.error();
    (*cell)->answer.start(attended_.passed());
    if (for_proof) {
      auto status = make_proof_pipes_nonblocking((*cell)->request, (*cell)->reply);
      if (!status) {
        (void)cells_.remove(**cell);
        return status;
      }
    }
    auto ordered = worker.clone(**cell, (*cell)->uid_in_jail, cells_.join_files(**cell));
    if (!ordered) (void)cells_.remove(**cell);
    return ordered;
  }

  void spawn(Flavour flavour) {
    Worker* worker = current(flavour);
    if (worker == nullptr) {
      return spawn_failed(flavour, nullptr, Error{"spawn", EAGAIN, "no zygote is ready"});
    }
    if (auto status = make_cell(*worker, false); !status) {
      spawn_failed(flavour, nullptr, status.error());
    }
  }

  void spawn_failed(Flavour flavour, const Cell* cell, const Error& error) {
    const bool is_known = cell == nullptr || (!cell->for_proof && !cell->given_up);
    if (cell != nullptr) (void)cells_.remove(*cell);
    if (is_known) say_spawn_failed(flavour, error);
  }

  void say_spawn_failed(Flavour flavour, const Error& error) {
    say({.verb = SupervisorVerb::spawn_failed, .sys_errno = error.sys_errno, .flavour = flavour},
        error.to_string());
  }

  // The process that a zygote says it has cloned. We kill with our own rights what is named here,
  // so where its pid namespace does not bound what it can name, it must be its own child. Errors:
  // EPROTO when it named something else; EMFILE when we are out of descriptors to look at it.
  Result<CellProcess> process_of(const Worker& worker, const WorkerMessage& message,
                                 Packet& packet) const {
    const Error no_child{"cloned", EPROTO, "not a child of the zygote"};
    const Error no_descriptor{"look at a new cell", EMFILE, {}};
    if (packet.fds_lost) return no_descriptor;
    CellProcess process;
    if (packet.fds.size() == 1) {
      process = CellProcess::by_descriptor(std::move(packet.fds.front()));
    } else if (!plan_.walls.namespaces && message.pid > 0) {
      process = CellProcess::by_number(static_cast<pid_t>(message.pid));
    } else {
      return no_child;
    }
    // One that is gone and was reaped has no number and no parent, and needs no kill.
    if (process.pid() == 0 && !process.is_dead()) return no_descriptor;
    if (process.pid() == 0 || plan_.walls.namespaces) return process;
    const auto parent = parent_of(process.pid());
    if (!parent && !process.is_dead()) return no_descriptor;
    if (parent && *parent != worker.zygote_pid()) return no_child;
    return process;
  }

  void cloned(Cell& cell, const WorkerMessage& message, Packet& packet) {
    cell.cloned = true;
    auto process = process_of(*cell.worker, message, packet);
    if (!process && process.error().sys_errno == EPROTO) {
      return worker_failed(*cell.worker, process.error());
    }
    if (!process) return give_up(cell, process.error());
    cell.process = *std::move(process);
    set_highest_oom_score(cell.process.pid());
    if (cell.given_up) return kill(cell);  // its zygote answered too late
    if (!cells_.peak_is_counted(cell)) memory_watch_.begin(cell);
    if (!cell.for_proof) hand_over(cell);
  }

  // Its pipes to the server.
  void hand_over(Cell& cell) {
    std::vector<int> fds(protocol::kCellFdCount);
    fds[protocol::kRequestWrite] = cell.request.write_end.get();
    fds[protocol::kReplyRead] = cell.reply.read_end.get();
    fds[protocol::kStdoutRead] = cell.stdout_pipe.read_end.get();
    fds[protocol::kStderrRead] = cell.stderr_pipe.read_end.get();
    const SupervisorMessage started{.verb = SupervisorVerb::cell_started,
                                    .cell = cell.id,
                                    .pid = cell.process.pid(),
                                    .flavour = cell.worker->flavour()};
    const auto sent = send_packet(server_.get(), protocol::as_wire(started), fds);
    if (!sent && !peer_is_gone(sent.error())) {
      kill(cell);
      return give_up(cell, sent.error());
    }
    if (!sent) serving_ = false;
    cell.request = {};
    cell.reply = {};
    cell.stdout_pipe = {};
    cell.stderr_pipe = {};
  }

  static void kill(const Cell& cell) { cell.process.kill(); }

  // Where no cgroup counts a cell's memory: ours, or the kernel's for the group of the service.
  protocol::MemoryKill memory_kill_unseen_by_cgroups(const Cell& cell,
                                                     const SupervisorMessage& message) {
    if (cgroups_ != nullptr) return protocol::MemoryKill::none;
    if (cell.over_memory) return protocol::MemoryKill::own_limit;
    const bool unexplained = message.status_known != 0 && WIFSIGNALED(message.wait_status) &&
                             WTERMSIG(message.wait_status) == SIGKILL && !cell.told_to_end &&
                             cell.scratch_excess == protocol::ScratchExcess::none;
    return unexplained && outside_memory_kills_.look() ? protocol::MemoryKill::outside
                                                       : protocol::MemoryKill::none;
  }

  // The cell was reaped, or went with its worker (`exit` empty). Its slot is free from here on.
  void ended(Cell& cell, const std::optional<WorkerMessage>& exit) {
    SupervisorMessage message{.verb = SupervisorVerb::cell_ended, .cell = cell.id};
    if (exit) {
      message.status_known = 1;
      message.wait_status = exit->wait_status;
      message.cpu_time_us = exit->cpu_time_us;
      message.memory_peak_bytes = MemoryWatch::own_peak(cell, exit->resident_peak_bytes);
    }
    Worker& worker = *cell.worker;
    const bool is_known = !cell.for_proof && !cell.given_up;
    message.memory_kill = memory_kill_unseen_by_cgroups(cell, message);
    message.scratch_excess = cell.scratch_excess;
    const pid_t held = cell.process.is_held() ? cell.process.pid() : 0;
    const auto removed = cells_.remove(cell);
    const auto& usage = removed.usage;
    if (exit && held > 0) worker.let_go(held);  // nobody knows the number here any more
    if (!usage) {
      spdlog::error("clear cgroup: {}", usage.error().to_string());
    } else if (cgroups_ != nullptr) {
      message.memory_kill = usage->memory_kill;
      if (usage->memory_peak_bytes != 0) message.memory_peak_bytes = usage->memory_peak_bytes;
    }
    if (is_known && removed.is_clear) say(message);
    if (is_known && !removed.is_clear) unsaid_ends_[removed.slot] = message;
    end_if_done(worker);
    if (worker.state == WorkerState::proving) {
      worker_failed(worker, Error{"prove the isolation", 0, "the first cell died"});
    }
  }

  // ---- messages ----

  void say(const SupervisorMessage& message, std::string_view text = {},
           std::span<const int> fds = {}) {
    const auto sent = send_packet(server_.get(), protocol::with_text(message, text), fds);
    if (!sent) serving_ = false;  // the server is gone: so are we
  }

  void hear_server() {
    const auto packet = receive_packet(server_.get());
    if (!packet || packet->bytes.empty()) {
      serving_ = false;
      return;
    }
    const auto message = protocol::decode_server_packet(packet->bytes);
    if (!message) return spdlog::error("server: {}", message.error().to_string());
    switch (message->verb) {
      case ServerVerb::spawn:
        return spawn(message->flavour);
      case ServerVerb::end:
        if (Cell* cell = cells_.find(message->cell)) {
          cell->told_to_end = true;
          kill(*cell);
        }
        return;
      case ServerVerb::limit_memory:
        return limit_memory(*message);
    }
  }

  void limit_memory(const ServerMessage& message) {
    Cell* cell = cells_.find(message.cell);
    const Status status = cell == nullptr ? Status(Error{"limit memory", ESRCH, {}})
                                          : cells_.limit_memory(*cell, message.value);
    say({.verb = SupervisorVerb::memory_limited,
         .sys_errno = status.ok() ? 0 : std::max(status.error().sys_errno, 1),
         .cell = message.cell});
  }

  void hear_worker(Worker& worker) {
    auto packet = receive_packet(worker.control());
    if (!packet && packet.error().sys_errno == EAGAIN) return;
    if (!packet || packet->bytes.empty()) {
      return worker_failed(worker, Error{"zygote", 0, "the zygote closed its socket"});
    }
    auto decoded = protocol::decode_zygote_packet(packet->bytes);
    if (!decoded) return worker_failed(worker, decoded.error());
    const WorkerMessage& message = decoded->message;
    if (message.verb == WorkerVerb::ready) {
      return prove(worker, packet->sender_pid, *std::move(decoded->report));
    }
    if (message.verb == WorkerVerb::failed) {
      return zygote_failed(worker, message.sys_errno, decoded->text);
    }
    Cell* cell = cells_.find(message.cell);
    if (cell != nullptr && cell->worker == &worker) hear_of_cell(*cell, message, *packet);
  }

  // `text` names the errno already.
  void zygote_failed(Worker& worker, int sys_errno, const std::string& text) {
    const Error error{one_line(text), 0, {}};
    if (worker.state != WorkerState::starting) return worker_failed(worker, error);
    worker.log().read();  // what led to it comes before it
    worker.end();
    start_failed(worker.flavour(), error, is_exhaustion(sys_errno));
  }

  void hear_of_cell(Cell& cell, const WorkerMessage& message, Packet& packet) {
    // It is cloned once, and exits only then.
    if (cell.cloned != (message.verb == WorkerVerb::exited)) {
      return worker_failed(*cell.worker, Error{"zygote", EPROTO, "an unexpected message"});
    }
    switch (message.verb) {
      case WorkerVerb::cloned:
        return cloned(cell, message, packet);
      case WorkerVerb::clone_failed: {
        Worker& worker = *cell.worker;
        const Error error{"clone", message.sys_errno, {}};
        const bool for_proof = cell.for_proof;
        spawn_failed(worker.flavour(), &cell, error);
        if (for_proof) worker_failed(worker, error);
        return;
      }
      case WorkerVerb::exited:
        return ended(cell, message);
      default:
        return;  // of no cell
    }
  }

  void reap_workers() {
    signalfd_siginfo ignored{};
    while (::read(signals_.get(), &ignored, sizeof ignored) > 0) {
    }
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
      if (scratch_removal_reaped(pid, status)) continue;
      // Not a worker's: a cell without a pid namespace that outlived its zygote. We are its reaper.
      const auto worker = std::ranges::find(workers_, pid, [](auto& w) { return w->pid(); });
      if (worker == workers_.end()) {
        cells_.orphan_reaped(pid);
        cleaner_.reaped(pid);
        continue;
      }
      (*worker)->reaped();
      (*worker)->log().read();  // its last words come before what we say of it
      bury(**worker);
      workers_.erase(worker);
    }
  }

  // Everything is told to die and is waited for, so that the cgroups and directories can go.
  void end_all() {
    for (auto& [id, cell] : cells_.all()) {
      kill(cell);
      cell.request = {};  // one that is being cloned is no process yet: it ends by this end of file
      wait_for_death(cell);
    }
    for (auto& worker : workers_) worker->end();
    workers_.clear();
    reap_orphans();
  }

  // Dead cells are there to be reaped at once. Who clears a large scratch is left to it.
  static void reap_orphans() {
    const auto deadline = Clock::now() + kCellDeathTimeMax;
    for (pid_t pid = 0; (pid = ::waitpid(-1, nullptr, WNOHANG)) >= 0 && Clock::now() < deadline;) {
      if (pid == 0) std::this_thread::sleep_for(kReapPause);
    }
  }

  static void wait_for_death(const Cell& cell) { cell.process.wait_for_death(kCellDeathTimeMax); }

  // Without a memory cgroup: kills what has grown beyond its limit.
  void watch_memory() {
    if (cgroups_ != nullptr) return;
    for (auto& [id, cell] : cells_.all()) {
      if (!memory_watch_.is_over(cell)) continue;
      cell.over_memory = true;
      kill(cell);
    }
  }

  // ---- files, where there is no tmpfs ----

  void watch_scratch() {
    if (scratch_ == nullptr || Clock::now() < scratch_watch_.next_turn()) return;
    std::vector<ScratchWatch::Subject> subjects;
    for (const auto& [id, cell] : cells_.all()) {
      if (cell.process.pid() <= 0) continue;
      subjects.push_back({id, cells_.scratch_directory(cell), &cell.process});
    }
    const auto verdict = scratch_watch_.turn(subjects);
    Cell* const cell = verdict ? cells_.find(verdict->cell) : nullptr;
    if (cell == nullptr) return;
    cell->scratch_excess = verdict->excess;
    kill(*cell);
  }

  bool scratch_removal_reaped(pid_t pid, int status) {
    if (scratch_ == nullptr) return false;
    using enum ScratchRemovals::Reaped;
    const auto reaped = scratch_->removals().reaped(pid, status, Clock::now());
    if (reaped == failed) say({.verb = SupervisorVerb::removal_failed});
    return reaped != not_ours;
  }

  // What finished runs left goes on being removed, and the server hears of the cells whose slots
  // waited for that: until then they count as live, and it asks for no others in their place.
  void clear_scratch() {
    if (scratch_ == nullptr) return;
    if (!cells_.all_are_clear()) {
      for (const std::uint32_t slot : cells_.clear_again()) {
        if (const auto end = unsaid_ends_.extract(slot)) say(end.mapped());
      }
    }
    scratch_->removals().begin(Clock::now());
  }

  // How long the loop may sleep.
  std::chrono::milliseconds tick() {
    std::chrono::milliseconds time = log_.pending() ? LogOutput::kFlushPause : kTick;
    if (one_is_silent()) time = std::min(time, kWatchTick);
    if (cells_.all().empty()) return time;
    if (cgroups_ == nullptr) time = std::min(time, kWatchTick);
    if (scratch_ != nullptr) {
      const auto until =
          std::chrono::ceil<std::chrono::milliseconds>(scratch_watch_.next_turn() - Clock::now());
      time = std::clamp(until, std::chrono::milliseconds{0}, time);
    }
    return time;
  }

  // ---- the loop ----

  Cell* proof_cell_of(const Worker& worker) {
    if (worker.state != WorkerState::proving) return nullptr;
    for (Cell* cell : cells_.cells_of(worker)) {
      if (cell->for_proof && cell->process.exists()) return cell;
    }
    return nullptr;
  }

  void wait_and_dispatch() {
    std::vector<pollfd> polled{{server_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}};
    std::vector<Worker*> heard;
    std::vector<Cell*> proving;
    for (auto& worker : workers_) {
      if (worker->state == WorkerState::ended) continue;
      heard.push_back(worker.get());
      polled.push_back({worker->control(), POLLIN, 0});
    }
    for (Worker* worker : heard) {
      if (Cell* cell = proof_cell_of(*worker)) {
        proving.push_back(cell);
        polled.push_back({cell->reply.read_end.get(), POLLIN, 0});
      }
    }
    for (const auto& worker : workers_) polled.push_back({worker->log().descriptor(), POLLIN, 0});
    if (::poll(polled.data(), polled.size(), static_cast<int>(tick().count())) < 0) return;
    log_.flush();
    auto log = polled.end() - static_cast<std::ptrdiff_t>(workers_.size());
    for (auto& worker : workers_) {
      if ((log++)->revents != 0) worker->log().read();
    }
    watch_memory();
    watch_scratch();

    const std::size_t first_proof = 2 + heard.size();
    for (std::size_t i = 0; i < proving.size(); ++i) {
      if (polled[first_proof + i].revents != 0) hear_proof(*proving[i]);
    }
    for (std::size_t i = 0; i < heard.size(); ++i) {
      const bool alive = heard[i]->state != WorkerState::ended;
      if (alive && polled[2 + i].revents != 0) hear_worker(*heard[i]);
    }
    if (polled[0].revents != 0) hear_server();
    if (polled[1].revents != 0) reap_workers();
    watch_answers();
    clear_scratch();
  }

  const Config& config_;
  LogOutput& log_;
  JailPlan plan_;
  UniqueFd server_;
  UniqueFd signals_;
  std::string cgroups_missing_;                  // why there are none
  std::unique_ptr<Cgroups> cgroups_;             // null: none to be had
  std::unique_ptr<CpuWeights> weights_;          // null: likewise
  std::unique_ptr<ScratchDirectories> scratch_;  // null: each cell has a tmpfs
  CgroupCleaner cleaner_;
  MemoryWatch memory_watch_{resident_bytes};
  OutsideMemoryKills outside_memory_kills_ = OutsideMemoryKills::of_own_group();
  CellTable cells_;
  std::list<std::unique_ptr<Worker>> workers_;
  AttendedClock attended_{Clock::now(), kTick};
  Clock::duration next_answer_look_{};
  ScratchWatch scratch_watch_;
  std::map<std::uint32_t, SupervisorMessage> unsaid_ends_;  // by the slot that is not clear yet
  struct Retry {
    Clock::time_point next_start;
    std::chrono::milliseconds pause{};
    bool has_served = false;  // a worker of this flavour was ready once
  };
  protocol::PerFlavour<Retry> retries_;
  bool serving_ = true;
};

// SIGCHLD as a descriptor. The signals of a terminal and of an orchestrator are the server's: it
// drains, and our end is its end of file.
Result<UniqueFd> prepare_signals() {
  sigset_t blocked;
  ::sigemptyset(&blocked);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&blocked, signal);
  if (::sigprocmask(SIG_BLOCK, &blocked, nullptr) != 0) return errno_error("sigprocmask");
  sigset_t read;
  ::sigemptyset(&read);
  ::sigaddset(&read, SIGCHLD);
  UniqueFd fd(::signalfd(-1, &read, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd.valid()) return errno_error("signalfd");
  return fd;
}

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

// Everything that must be there before the first worker, or the reason why nothing can serve.
Result<std::unique_ptr<Supervisor>> prepare(const Config& config, LogOutput& log,
                                            UniqueFd& server_socket) {
  auto signals = prepare_signals();
  if (!signals) return signals.error();
  // Orphans of a zygote come to us and not to the server, which waits for nobody.
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return errno_error("become a subreaper");
  auto plan = probe_isolation(config);
  if (!plan) return plan.error();
  if (auto status = find_parts(config, *plan); !status) return status.error();
  if (!plan->walls.namespaces) {
    spdlog::warn("FALLBACK isolation: {}", plan->namespaces_missing);
  } else if (!plan->walls.own_uid) {
    spdlog::warn("FALLBACK isolation: not root, so all runs share one uid");
  }
  auto cgroups = Cgroups::find(config.cgroup_parent, {::getpid(), ::getppid()});
  if (!cgroups) {
    if (config.isolation == IsolationMode::full) return cgroups.error();
    spdlog::warn("FALLBACK isolation: no cgroup for the runs: {}", cgroups.error().to_string());
  }
  plan->walls.memory_cgroup = cgroups.ok();
  if (config.isolation == IsolationMode::full && !plan->walls.own_uid) {
    return Error{"isolation", EPERM, "--isolation=full needs root, to give each run its own uid"};
  }
  if (plan->kind == JailKind::chroot) {
    const auto devices = make_devices(config.guest_root);
    if (!devices) spdlog::warn("scripts have no device files: {}", devices.error().to_string());
  }
  std::unique_ptr<ScratchDirectories> scratch;
  if (!plan->walls.namespaces) {
    auto made = ScratchDirectories::make(config, plan->kind);
    if (!made) return made.error();
    scratch = *std::move(made);
  }
  auto weights = raise_weights(cgroups ? cgroups->get() : nullptr, *plan);
  return std::make_unique<Supervisor>(config, log, *std::move(plan), std::move(server_socket),
                                      std::move(cgroups), std::move(scratch), std::move(weights),
                                      *std::move(signals));
}

// What may pass is left to who starts the service anew; of the rest the server says that it is in
// vain.
int refuse_to_serve(const Error& error, const UniqueFd& server_socket) {
  if (is_exhaustion(error.sys_errno)) {
    spdlog::critical("cannot serve: {}", error.to_string());
    return 1;
  }
  const SupervisorMessage message{.verb = SupervisorVerb::cannot_serve};
  (void)send_packet(server_socket.get(), protocol::with_text(message, error.to_string()));
  return 2;
}

}  // namespace

int supervise(const Config& config, LogOutput& log, UniqueFd server_socket) {
  auto supervisor = prepare(config, log, server_socket);
  if (!supervisor) return refuse_to_serve(supervisor.error(), server_socket);
  (*supervisor)->run();
  return 0;
}

}  // namespace forkjail::supervisor
