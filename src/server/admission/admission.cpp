#include "server/admission/admission.h"

#include <algorithm>

namespace forkjail::server {

using protocol::Flavour;

namespace {

// From an answer until what it leaves behind is seen to: the client has read it by then.
constexpr std::chrono::microseconds kFinishDelay{500};

Refused shutting_down() {
  return {Refusal::shutting_down, "the service is shutting down; send the request again", 1};
}

}  // namespace

Refused given_up() {
  return {Refusal::given_up, "the request was cancelled while it waited in the queue", 1};
}

void RunSlot::give_back() {
  if (Admission* const admission = std::exchange(admission_, nullptr)) admission->end_run();
}

Admission::Admission(const Executor& executor, const AdmissionConfig& config, CellPool& pool)
    : executor_(executor), config_(config), pool_(pool), finish_timer_(executor) {
  pool_.on_available([this] { pump(); });
}

std::optional<Refused> Admission::refuses_all() const {
  if (closed_) return shutting_down();
  if (queue_.size() < config_.queue_max || !unfinished_.empty()) return std::nullopt;
  const bool none_could_start =
      running_ >= config_.running_max || (waited_for(Flavour::light) && waited_for(Flavour::full));
  return none_could_start ? std::optional(queue_full()) : std::nullopt;
}

// The refusals come from functions: GCC 12 destroys temporaries of an aggregate twice in a
// coroutine.
Task<Admittance> Admission::admit(protocol::Flavour flavour, Interruption& interruption) {
  if (closed_) co_return shutting_down();
  if (CellLease lease = take_for(flavour)) co_return start_run(std::move(lease));
  if (!unfinished_.empty()) {
    finish_now();
    if (CellLease lease = take_for(flavour)) co_return start_run(std::move(lease));
  }
  if (auto refused = waits_in_vain(flavour)) co_return *std::move(refused);
  co_return co_await wait(flavour, interruption);
}

Task<Admittance> Admission::admit_held(Interruption& interruption) {
  if (closed_) co_return shutting_down();
  if (running_ >= config_.running_max && !unfinished_.empty()) finish_now();
  if (running_ < config_.running_max) co_return start_run({});
  co_return co_await wait(std::nullopt, interruption);
}

Task<Admittance> Admission::wait(std::optional<protocol::Flavour> flavour,
                                 Interruption& interruption) {
  if (queue_.size() >= config_.queue_max) co_return queue_full();
  Waiter waiter(*this, flavour);
  tell_pool();
  const auto listening = interruption.listen([&waiter](InterruptReason) { waiter.timer.cancel(); });
  co_await waiter.timer.async_wait(use_task);
  if (waiter.counted) co_return admitted(std::move(waiter.lease));

  waiter.leave();
  tell_pool();
  if (interruption.raised()) co_return given_up();
  co_return waited_too_long();
}

CellLease Admission::take_for(protocol::Flavour flavour) {
  if (running_ >= config_.running_max || waited_for(flavour)) return {};
  return pool_.take(flavour);
}

void Admission::finish_later(std::function<void()> work) {
  unfinished_.push_back(std::move(work));
  if (!queue_.empty()) return finish_now();
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

Admitted Admission::start_run(CellLease lease) {
  ++running_;
  return admitted(std::move(lease));
}

Admitted Admission::admitted(CellLease lease) { return {RunSlot(*this), std::move(lease)}; }

void Admission::end_run() {
  --running_;
  pump();
}

// Hands out what is parked, each cell to the request that has waited longest for it. A request that
// waits in vain is released without one.
void Admission::pump() {
  bool moved = false;
  auto hopeful = waiting_;  // waiters of flavours of which there may be a cell
  for (auto next = queue_.begin(); next != queue_.end() && running_ < config_.running_max;) {
    Waiter* const waiter = *next++;
    if (!serve(*waiter, hopeful)) continue;
    waiter->leave();
    waiter->timer.cancel();
    moved = true;
  }
  if (moved) tell_pool();
}

// False: it waits on.
bool Admission::serve(Waiter& waiter, protocol::PerFlavour<std::uint32_t>& hopeful) {
  if (waiter.flavour) {
    std::uint32_t& others = hopeful[*waiter.flavour];
    if (others == 0) return false;
    waiter.lease = pool_.take(*waiter.flavour);
    const bool in_vain = !waiter.lease && pool_.lasting_fault(*waiter.flavour);
    others = waiter.lease || in_vain ? others - 1 : 0;
    if (!waiter.lease) return in_vain;
  }
  waiter.counted = true;
  ++running_;
  return true;
}

// Only those who could start at once raise the supply: a cell for the others would just lie there.
void Admission::tell_pool() {
  std::uint32_t startable = config_.running_max - std::min(running_, config_.running_max);
  protocol::PerFlavour<std::uint32_t> waiting;
  for (const Waiter* waiter : queue_) {
    if (startable-- == 0) break;
    if (waiter->flavour) ++waiting[*waiter->flavour];
  }
  pool_.set_waiting(waiting);
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

Refused Admission::waited_too_long() const {
  if (const auto reason = pool_.not_ready_reason()) {
    return {Refusal::not_ready, "not ready: " + *reason, 2};
  }
  return {Refusal::queue_timeout, "no cell was free in time; send the request again later", 2};
}

}  // namespace forkjail::server
