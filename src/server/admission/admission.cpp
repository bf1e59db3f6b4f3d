#include "server/admission/admission.h"

#include <algorithm>
#include <array>

namespace forkjail::server {

using protocol::Flavour;

namespace {

// From an answer until what it leaves behind is seen to: the client has read it by then.
constexpr std::chrono::microseconds kFinishDelay{500};

Refused shutting_down() {
  return {Refusal::shutting_down, "the service is shutting down; send the request again", 1};
}

// Whose cells the party's requests run in was another when this one came.
Refused owner_changed() {
  return {Refusal::not_ready, "not ready: the key was changed meanwhile; send the request again",
          1};
}

bool may_have(const Party& party, Lane lane) {
  return lane == kHeldLane || protocol::owner_of(static_cast<Flavour>(lane)) == party.terms().owner;
}

}  // namespace

Refused given_up() {
  return {Refusal::given_up, "the request was cancelled while it waited in the queue", 1};
}

void RunSlot::give_back() {
  Admission* const admission = std::exchange(admission_, nullptr);
  if (admission == nullptr) return;
  const PartyPtr party = std::move(party_);
  admission->end_run(*party);
}

Admission::Admission(const Executor& executor, const AdmissionConfig& config, CellPool& pool)
    : executor_(executor),
      config_(config),
      pool_(pool),
      queue_({config.running_max, config.running_reserve}),
      finish_timer_(executor) {
  pool_.on_available([this] { pump(); });
}

std::optional<Refused> Admission::refuses_all(const PartyPtr& party) const {
  if (closed_) return shutting_down();
  const Party& whose = *known(party);
  const bool own_full = whose.queued() >= whose.terms().queue_max;
  const bool full = queue_.size() >= config_.queue_max && queue_.gives_way_to(whose) == nullptr;
  if ((!own_full && !full) || !unfinished_.empty()) return std::nullopt;
  const bool none_could_start = !queue_.may_start(whose) || all_cells_are_waited_for(whose);
  if (!none_could_start) return std::nullopt;
  return own_full ? own_queue_full(whose) : queue_full();
}

bool Admission::all_cells_are_waited_for(const Party& party) const {
  constexpr std::array kHints{Flavour::light, Flavour::full};
  return std::ranges::all_of(kHints, [&](Flavour hint) {
    const auto flavour = protocol::flavour_for(hint, party.terms().owner);
    return !flavour || queue_.is_waited_for(lane_of(*flavour));
  });
}

// The refusals come from functions: GCC 12 destroys temporaries of an aggregate twice in a
// coroutine.
Task<Admittance> Admission::admit(protocol::Flavour asked, Interruption& interruption,
                                  PartyPtr party) {
  if (closed_) co_return shutting_down();
  if (party == nullptr) party = everybody_;
  const auto served_by = protocol::flavour_for(asked, party->terms().owner);
  if (!served_by) co_return owner_changed();
  const Flavour flavour = *served_by;
  if (CellLease lease = take_for(flavour, *party)) co_return start_run(std::move(lease), party);
  if (!unfinished_.empty()) {
    finish_now();
    if (CellLease lease = take_for(flavour, *party)) co_return start_run(std::move(lease), party);
  }
  if (auto refused = waits_in_vain(flavour)) co_return *std::move(refused);
  co_return co_await wait(std::move(party), lane_of(flavour), interruption);
}

Task<Admittance> Admission::admit_held(Interruption& interruption, PartyPtr party) {
  if (closed_) co_return shutting_down();
  if (party == nullptr) party = everybody_;
  if (!queue_.may_start(*party) && !unfinished_.empty()) finish_now();
  if (may_start_at_once(*party, kHeldLane)) co_return start_run({}, party);
  co_return co_await wait(std::move(party), kHeldLane, interruption);
}

Task<Admittance> Admission::wait(PartyPtr party, Lane lane, Interruption& interruption) {
  if (auto refused = make_room(*party)) co_return *std::move(refused);
  Waiter waiter(*this, std::move(party), lane);
  tell_pool();
  const auto listening = interruption.listen([&waiter](InterruptReason) { waiter.timer.cancel(); });
  co_await waiter.timer.async_wait(use_task);
  if (waiter.counted) co_return admitted(std::move(waiter.lease), waiter.party);

  waiter.leave();
  tell_pool();
  if (interruption.raised()) co_return given_up();
  if (waiter.gave_way) co_return queue_full();
  if (!may_have(*waiter.party, lane)) co_return owner_changed();
  co_return waited_too_long(lane);
}

// Why one more request of this party cannot wait. Where the whole queue is full, one of the party
// that has the most in it gives way.
std::optional<Refused> Admission::make_room(const Party& party) {
  if (party.queued() >= party.terms().queue_max) return own_queue_full(party);
  if (queue_.size() < config_.queue_max) return std::nullopt;
  Place* const place = queue_.gives_way_to(party);
  if (place == nullptr) return queue_full();
  auto& waiter = static_cast<Waiter&>(*place);
  waiter.gave_way = true;
  waiter.leave();
  waiter.timer.cancel();
  return std::nullopt;
}

// One that waits for the same and could start came first.
bool Admission::may_start_at_once(const Party& party, Lane lane) const {
  return queue_.may_start(party) && (queue_.size() == 0 || !queue_.is_waited_for(lane));
}

CellLease Admission::take_for(protocol::Flavour flavour, const Party& party) {
  if (!may_start_at_once(party, lane_of(flavour))) return {};
  return pool_.take(flavour);
}

void Admission::finish_later(std::function<void()> work) {
  unfinished_.push_back(std::move(work));
  if (queue_.size() > 0) return finish_now();
  if (std::exchange(finish_timer_runs_, true)) return;
  finish_timer_.expires_after(kFinishDelay);
  finish_timer_.async_wait([this](const boost::system::error_code& ec) {
    finish_timer_runs_ = false;
    if (!ec) finish_now();
  });
}

void Admission::finish_now() {
  // What is done may add to it.
  for (const auto& work : std::exchange(unfinished_, {})) work();
}

Admitted Admission::start_run(CellLease lease, const PartyPtr& party) {
  queue_.start(*party);
  return admitted(std::move(lease), party);
}

Admitted Admission::admitted(CellLease lease, const PartyPtr& party) {
  return {RunSlot(*this, party), std::move(lease)};
}

void Admission::end_run(Party& party) {
  queue_.end(party);
  pump();
}

// Hands out what is parked, each cell to the request whose turn it is among those that wait for it.
// A request that waits in vain is released without one.
void Admission::pump() {
  bool moved = false;
  Lanes lanes;
  lanes.set();
  while (Place* const place = queue_.next(lanes)) {
    auto& waiter = static_cast<Waiter&>(*place);
    if (!serve(waiter)) {
      lanes.reset(waiter.lane);
      continue;
    }
    if (waiter.counted) {
      queue_.serve(waiter);
    } else {
      waiter.leave();
    }
    waiter.timer.cancel();
    moved = true;
  }
  if (moved) tell_pool();
}

// False: no cell for it is parked, and it keeps waiting.
bool Admission::serve(Waiter& waiter) {
  if (!may_have(*waiter.party, waiter.lane)) return true;
  const bool held = waiter.lane == kHeldLane;
  const auto flavour = static_cast<Flavour>(waiter.lane);
  if (!held) waiter.lease = pool_.take(flavour);
  waiter.counted = held || waiter.lease;
  return waiter.counted || pool_.lasting_fault(flavour);
}

// Only those who could start at once raise the supply: a cell for the others would just lie there.
void Admission::tell_pool() {
  const auto startable = queue_.startable();
  protocol::PerFlavour<std::uint32_t> waiting;
  for (const auto& row : protocol::kFlavours) {
    waiting[row.flavour] = startable.at(lane_of(row.flavour));
  }
  pool_.set_waiting(waiting);
}

Refused Admission::own_queue_full(const Party& party) {
  return {Refusal::own_queue_full,
          "too many requests of this key are waiting (" + std::to_string(party.terms().queue_max) +
              "); send the request again later",
          2};
}

Refused Admission::queue_full() const {
  return {Refusal::queue_full,
          "the queue is full (" + std::to_string(config_.queue_max) +
              " requests are waiting); send the request again later",
          2};
}

std::optional<Refused> Admission::waits_in_vain(protocol::Flavour flavour) const {
  const auto fault = pool_.lasting_fault(flavour);
  if (!fault) return std::nullopt;
  return Refused{Refusal::not_ready, "not ready: " + *fault, 2};
}

Refused Admission::waited_too_long(Lane lane) const {
  const auto reason = lane == kHeldLane ? pool_.not_ready_reason()
                                        : pool_.not_ready_reason(static_cast<Flavour>(lane));
  if (reason) {
    return {Refusal::not_ready, "not ready: " + *reason, 2};
  }
  return {Refusal::queue_timeout, "no cell was free in time; send the request again later", 2};
}

}  // namespace forkjail::server
