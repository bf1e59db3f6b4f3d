// Who may run now: bounds the runs at one time, and keeps the others in a bounded queue, first come
// first served; a request that waits for one flavour does not block requests for another, or those
// that have a cell.
// Backpressure is honest: a full queue or a long wait is an answer, not a hang.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "loop/interruption.h"
#include "loop/loop.h"
#include "server/admission/refusal.h"
#include "server/admission/run_slot.h"
#include "server/cells/cell_pool.h"

namespace forkjail::server {

struct AdmissionConfig {
  std::uint32_t running_max = 6;
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

  // Why every request is refused that comes now, whatever it asks for; empty when it depends on the
  // request. For a look before the request is decoded: admit() would say the same.
  [[nodiscard]] std::optional<Refused> refuses_all() const;

  // A cell now, or after a wait, or the reason why not. An interruption ends the wait.
  Task<Admittance> admit(protocol::Flavour flavour, Interruption& interruption);
  // Likewise the right to run alone, in a cell that is held already: without a cell.
  Task<Admittance> admit_held(Interruption& interruption);

  // Takes what is to be done once an answer was sent, and does it a moment later: where client and
  // server share a processor, the client would wait for all that giving a cell back sets off. At
  // once when a request waits for what it frees, or would have to.
  void finish_later(std::function<void()> work);
  // All of it.
  void finish_now();

  // Refuses all requests from now on; queued requests are still served.
  void close() { closed_ = true; }

  [[nodiscard]] std::uint32_t running() const { return running_; }
  [[nodiscard]] std::uint32_t queued() const { return static_cast<std::uint32_t>(queue_.size()); }
  [[nodiscard]] const AdmissionConfig& config() const { return config_; }

 private:
  friend class RunSlot;

  // One place in the queue. Lives in the frame of admit() and leaves the queue with it, also when
  // that frame is destroyed while it waits.
  struct Waiter {
    // No flavour: it has a cell.
    Waiter(Admission& admission, std::optional<protocol::Flavour> wanted)
        : timer(admission.executor_, Clock::now() + admission.config_.queue_time_max),
          flavour(wanted),
          owner(admission),
          place(admission.queue_.insert(admission.queue_.end(), this)) {
      if (flavour) ++owner.waiting_[*flavour];
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { leave(); }
    void leave() {
      if (!std::exchange(queued, false)) return;
      owner.queue_.erase(place);
      if (flavour) --owner.waiting_[*flavour];
    }

    Timer timer;
    std::optional<protocol::Flavour> flavour;
    CellLease lease;
    bool counted = false;  // among those that run
    Admission& owner;
    std::list<Waiter*>::iterator place;
    bool queued = true;
  };

  [[nodiscard]] CellLease take_for(protocol::Flavour flavour);
  Task<Admittance> wait(std::optional<protocol::Flavour> flavour, Interruption& interruption);
  [[nodiscard]] Admitted start_run(CellLease lease);
  [[nodiscard]] Admitted admitted(CellLease lease);
  void end_run();
  void pump();
  [[nodiscard]] bool serve(Waiter& waiter, protocol::PerFlavour<std::uint32_t>& hopeful);
  void tell_pool();
  [[nodiscard]] bool waited_for(protocol::Flavour flavour) const { return waiting_[flavour] > 0; }
  [[nodiscard]] Refused queue_full() const;
  [[nodiscard]] Refused waited_too_long() const;
  [[nodiscard]] std::optional<Refused> waits_in_vain(protocol::Flavour flavour) const;

  Executor executor_;
  AdmissionConfig config_;
  CellPool& pool_;
  std::list<Waiter*> queue_;
  protocol::PerFlavour<std::uint32_t> waiting_;  // of the queue
  std::uint32_t running_ = 0;
  bool closed_ = false;
  std::vector<std::function<void()>> unfinished_;
  Timer finish_timer_;
  bool finish_timer_runs_ = false;
};

}  // namespace forkjail::server
