// Who may run now: bounds the runs at one time, and keeps the others in a bounded queue, from which
// the parties are served in turn (fair_queue.h) and each party's requests as they came; a request
// that waits for one flavour does not block requests for another, or those that have a cell.
// Backpressure is honest: a full queue or a long wait is an answer, not a hang. A full queue
// refuses the party that has the most in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "loop/interruption.h"
#include "loop/loop.h"
#include "server/admission/fair_queue.h"
#include "server/admission/party.h"
#include "server/admission/refusal.h"
#include "server/admission/run_slot.h"
#include "server/cells/cell_pool.h"

namespace forkjail::server {

struct AdmissionConfig {
  std::uint32_t running_max = 6;
  std::uint32_t running_reserve = 1;  // beyond it, for parties of which nothing runs
  std::uint32_t queue_max = 128;
  std::chrono::milliseconds queue_time_max{15'000};
};

// What a request is admitted to: the right to run, and a cell to do it in.
struct Admitted {
  RunSlot slot;
  CellLease cell;

  // The cell first: the run that gets the slot next may need the cell's place.
  void give_back() {
    cell.give_back();
    slot.give_back();
  }
};

struct Refused {
  Refusal reason;
  std::string why;  // one line for the client
  std::uint32_t retry_after_s = 1;
};

using Admittance = std::variant<Admitted, Refused>;

// Of a request whose client has left.
[[nodiscard]] Refused given_up();

class Admission {
 public:
  Admission(const Executor& executor, const AdmissionConfig& config, CellPool& pool);
  Admission(const Admission&) = delete;  // who was admitted points to it
  Admission& operator=(const Admission&) = delete;
  ~Admission() { finish_now(); }

  // Why every request of this party is refused that comes now, whatever it asks for; empty when it
  // depends on the request. For a look before the request is decoded: admit() would say the same.
  // Null is a party too: that of all who are not told apart.
  [[nodiscard]] std::optional<Refused> refuses_all(const PartyPtr& party = nullptr) const;

  // A cell now, or after a wait, or the reason why not. An interruption ends the wait. `asked` is
  // one of everybody's: a party that is an owner gets a cell of its own, and nobody else does.
  Task<Admittance> admit(protocol::Flavour asked, Interruption& interruption,
                         PartyPtr party = nullptr);
  // Likewise the right to run alone, in a cell that is held already: without a cell.
  Task<Admittance> admit_held(Interruption& interruption, PartyPtr party = nullptr);

  // Takes what is to be done once an answer was sent, and does it a moment later: where client and
  // server share a processor, the client would wait for all that giving a cell back sets off. At
  // once when a request waits for what it frees, or would have to.
  void finish_later(std::function<void()> work);
  // All of it.
  void finish_now();

  // Refuses all requests from now on; queued requests are still served.
  void close() { closed_ = true; }

  [[nodiscard]] std::uint32_t running() const { return queue_.running(); }
  [[nodiscard]] std::uint32_t queued() const { return static_cast<std::uint32_t>(queue_.size()); }
  [[nodiscard]] const AdmissionConfig& config() const { return config_; }

 private:
  friend class RunSlot;

  // One place in the queue. Lives in the frame of wait() and leaves the queue with it, also when
  // that frame is destroyed while it waits.
  struct Waiter : Place {
    Waiter(Admission& admission, PartyPtr whose, Lane waits_for)
        : Place(std::move(whose), waits_for),
          timer(admission.executor_, Clock::now() + admission.config_.queue_time_max),
          owner(admission) {
      owner.queue_.join(*this);
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { leave(); }
    void leave() {
      if (queued) owner.queue_.leave(*this);
    }

    Timer timer;
    CellLease lease;
    bool counted = false;   // among those that run
    bool gave_way = false;  // to a party that has less in the queue
    Admission& owner;
  };

  [[nodiscard]] const PartyPtr& known(const PartyPtr& party) const {
    return party == nullptr ? everybody_ : party;
  }
  [[nodiscard]] bool all_cells_are_waited_for(const Party& party) const;
  [[nodiscard]] bool may_start_at_once(const Party& party, Lane lane) const;
  [[nodiscard]] CellLease take_for(protocol::Flavour flavour, const Party& party);
  Task<Admittance> wait(PartyPtr party, Lane lane, Interruption& interruption);
  [[nodiscard]] std::optional<Refused> make_room(const Party& party);
  [[nodiscard]] Admitted start_run(CellLease lease, const PartyPtr& party);
  [[nodiscard]] Admitted admitted(CellLease lease, const PartyPtr& party);
  void end_run(Party& party);
  void pump();
  [[nodiscard]] bool serve(Waiter& waiter);
  void tell_pool();
  [[nodiscard]] Refused queue_full() const;
  [[nodiscard]] static Refused own_queue_full(const Party& party);
  [[nodiscard]] Refused waited_too_long(Lane lane) const;
  [[nodiscard]] std::optional<Refused> waits_in_vain(protocol::Flavour flavour) const;

  Executor executor_;
  AdmissionConfig config_;
  CellPool& pool_;
  FairQueue queue_;
  PartyPtr everybody_ = std::make_shared<Party>();  // who is not told apart
  bool closed_ = false;
  std::vector<std::function<void()>> unfinished_;
  Timer finish_timer_;
  bool finish_timer_runs_ = false;
};

}  // namespace forkjail::server
