#include "load/load_run.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <deque>
#include <memory>
#include <vector>

namespace forkjail::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr std::uint64_t kTimerTag = ~std::uint64_t{0};
constexpr auto kTick =
    milliseconds(10);  // timeouts and failed connections are looked at this often
constexpr std::size_t kReceiveBytes = 256 * 1024;

volatile std::sig_atomic_t is_stopped = 0;

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class LoadRun {
 public:
  explicit LoadRun(const Plan& plan) : plan_(plan), buffer_(kReceiveBytes) {}

  Result<Measurement> run() {
    if (Status status = open_descriptors(); !status) return status.error();
    const double cpu_before = cpu_seconds();
    begin();
    Clock::time_point now = Clock::now();
    while (is_stopped == 0 && !finished(now)) {
      set_timer(next_wake(now));
      const int count =
          ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), -1);
      if (count < 0 && errno != EINTR) return errno_error("wait for events");
      for (int i = 0; i < count; ++i) handle(events_[static_cast<std::size_t>(i)].data.u64);
      now = Clock::now();
      if (now >= tick_) tick(now);
      if (plan_.open_loop) issue_due(now);
      start_rested(now);
    }
    if (is_stopped != 0) window_end_ = std::clamp(now, window_begin_, window_end_);
    give_up_the_rest();
    result_.window = window_end_ - window_begin_;
    result_.generator_cpu_s = cpu_seconds() - cpu_before;
    return std::move(result_);
  }

 private:
  Status open_descriptors() {
    epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.valid()) return errno_error("create epoll");
    timer_.reset(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
    if (!timer_.valid()) return errno_error("create timer");
    ::prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);  // arrivals on time, not 50 us late
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = kTimerTag;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &event) != 0) {
      return errno_error("watch the timer");
    }
    return ok_status();
  }

  void begin() {
    connections_.reserve(plan_.connections);
    free_.reserve(plan_.connections);
    for (unsigned i = 0; i < plan_.connections; ++i) {
      connections_.push_back(
          std::make_unique<Connection>(plan_.target, plan_.request, epoll_.get(), i));
      free_.push_back(plan_.connections - 1 - i);
    }
    start_ = Clock::now();
    nonce_ = static_cast<std::uint64_t>(start_.time_since_epoch().count());  // new in every run
    window_begin_ = start_ + plan_.warmup;
    window_end_ = window_begin_ + plan_.duration;
    tick_ = start_ + kTick;
    if (plan_.open_loop) {
      arrivals_ = std::make_unique<Arrivals>(plan_.arrivals, plan_.rate_per_s, start_, plan_.seed);
    } else {
      start_free_connections(start_);
    }
  }

  // The next moment this side has to do something by itself.
  [[nodiscard]] Clock::time_point next_wake(Clock::time_point now) const {
    Clock::time_point wake = std::max(tick_, now);
    if (plan_.open_loop && may_issue(arrivals_->next())) wake = std::min(wake, arrivals_->next());
    if (!resting_.empty()) wake = std::min(wake, resting_.front());
    return wake;
  }

  void set_timer(Clock::time_point wake) {
    if (wake == timer_at_) return;
    timer_at_ = wake;
    const nanoseconds since_boot = wake.time_since_epoch();
    itimerspec spec{};
    spec.it_value.tv_sec = static_cast<time_t>(since_boot.count() / 1'000'000'000);
    spec.it_value.tv_nsec = static_cast<long>(since_boot.count() % 1'000'000'000);
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &spec, nullptr);
  }

  // May a request that is due at `moment` still be issued?
  [[nodiscard]] bool may_issue(Clock::time_point moment) const {
    return moment < window_end_ && issued_ < plan_.requests_max;
  }

  [[nodiscard]] bool finished(Clock::time_point now) const {
    if (now >= window_end_ + plan_.timeout) return true;
    const bool more_to_come = may_issue(plan_.open_loop ? arrivals_->next() : now);
    return !more_to_come && free_.size() == connections_.size() && pending_.empty();
  }

  void handle(std::uint64_t tag) {
    if (tag == kTimerTag) {
      std::uint64_t expirations = 0;
      [[maybe_unused]] const ssize_t ignored =
          ::read(timer_.get(), &expirations, sizeof expirations);
      timer_at_ = {};
      return;
    }
    Connection& connection = *connections_[tag];
    const bool was_busy = connection.busy();
    const Connection::Progress progress = connection.advance(buffer_);
    if (was_busy) conclude(static_cast<unsigned>(tag), progress);
  }

  // Books what became of a request, and goes on with the next one.
  void conclude(unsigned index, Connection::Progress progress) {
    Connection& connection = *connections_[index];
    switch (progress) {
      case Connection::Progress::kWaiting:
        return;
      case Connection::Progress::kDone:
        answered(connection);
        free_.push_back(index);
        go_on(Clock::now());
        return;
      case Connection::Progress::kConnectFailed:
        return failed(index, Failure::kConnect);
      case Connection::Progress::kClosed:
        return failed(index, Failure::kClosed);
      case Connection::Progress::kMalformed:
        return failed(index, Failure::kMalformed);
    }
  }

  void answered(const Connection& connection) {
    const Clock::time_point now = Clock::now();
    const int status = connection.response().status();
    const bool expected = status == plan_.expected_status;
    if (expected && now >= window_begin_ && now < window_end_) ++result_.answered_in_window;
    if (!in_window(connection.intended())) return;
    ++result_.by_status[static_cast<std::size_t>(std::min(status, 599))];
    result_.body_bytes += connection.response().body_bytes();
    if (expected) record(connection, now);
  }

  // The connection stays free until the next tick: no busy loop on a target that refuses.
  void failed(unsigned index, Failure failure) {
    Connection& connection = *connections_[index];
    if (in_window(connection.intended())) {
      ++result_.failures[static_cast<std::size_t>(failure)];
      if (failure == Failure::kTimeout || failure == Failure::kUnfinished) {
        record(connection, Clock::now());
      }
    }
    connection.abandon();
    free_.push_back(index);
  }

  void record(const Connection& connection, Clock::time_point now) {
    result_.latency.record(now - connection.intended());
    result_.latency_from_send.record(now - connection.started());
  }

  [[nodiscard]] bool in_window(Clock::time_point moment) const {
    return moment >= window_begin_ && moment < window_end_;
  }

  void start_next(Clock::time_point now) {
    if (plan_.open_loop) {
      if (pending_.empty() || free_.empty()) return;
      const Clock::time_point intended = pending_.front();
      pending_.pop_front();
      send(intended, now);
    } else if (may_issue(now)) {
      issue(now);
      send(now, now);
    }
  }

  // After an answer.
  void go_on(Clock::time_point now) {
    if (plan_.open_loop || plan_.think_time == nanoseconds(0)) return start_next(now);
    resting_.push_back(now + plan_.think_time);
  }

  void start_rested(Clock::time_point now) {
    while (!resting_.empty() && resting_.front() <= now) {
      resting_.pop_front();
      start_next(now);
    }
  }

  void start_free_connections(Clock::time_point now) {
    for (std::size_t left = free_.size() - resting_.size(); left > 0 && !free_.empty(); --left) {
      start_next(now);
    }
  }

  void issue(Clock::time_point intended) {
    ++issued_;
    if (in_window(intended)) ++result_.requests;
    if (issued_ == plan_.requests_max) {
      window_end_ = std::clamp(intended + nanoseconds(1), window_begin_, window_end_);
    }
  }

  // Open loop: every request that is due by now is sent, or waits for a connection.
  void issue_due(Clock::time_point now) {
    while (arrivals_->next() <= now && may_issue(arrivals_->next())) {
      const Clock::time_point intended = arrivals_->next();
      arrivals_->advance();
      issue(intended);
      if (pending_.empty() && !free_.empty()) {
        send(intended, now);
      } else if (pending_.size() < kPendingMax) {
        pending_.push_back(intended);
      } else if (in_window(intended)) {
        ++result_.failures[static_cast<std::size_t>(Failure::kQueueFull)];
      }
    }
  }

  void send(Clock::time_point intended, Clock::time_point now) {
    const unsigned index = free_.back();
    free_.pop_back();
    const Connection::Progress progress = connections_[index]->start(intended, now, nonce_++);
    if (progress != Connection::Progress::kWaiting) conclude(index, progress);
  }

  void tick(Clock::time_point now) {
    tick_ = now + kTick;
    for (unsigned i = 0; i < connections_.size(); ++i) {
      const Connection& connection = *connections_[i];
      if (connection.busy() && now - connection.started() >= plan_.timeout) {
        failed(i, Failure::kTimeout);
      }
    }
    start_free_connections(now);
  }

  // At the end of the patience: whatever waits has waited at least this long.
  void give_up_the_rest() {
    const Clock::time_point now = Clock::now();
    for (unsigned i = 0; i < connections_.size(); ++i) {
      if (connections_[i]->busy()) failed(i, Failure::kUnfinished);
    }
    for (const Clock::time_point intended : pending_) {
      if (!in_window(intended)) continue;
      ++result_.failures[static_cast<std::size_t>(Failure::kUnfinished)];
      result_.latency.record(now - intended);
      result_.latency_from_send.record(now - intended);
    }
  }

  const Plan& plan_;
  UniqueFd epoll_;
  UniqueFd timer_;
  Clock::time_point timer_at_{};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::vector<unsigned> free_;  // connections without a request
  std::deque<Clock::time_point> pending_;
  std::deque<Clock::time_point> resting_;  // until when, for as many of the free connections
  std::unique_ptr<Arrivals> arrivals_;
  Clock::time_point start_;
  Clock::time_point window_begin_;
  Clock::time_point window_end_;
  Clock::time_point tick_;
  std::uint64_t issued_ = 0;
  std::uint64_t nonce_ = 0;
  Measurement result_;
  std::vector<char> buffer_;
  std::array<epoll_event, 64> events_{};
};

}  // namespace

void stop_load() { is_stopped = 1; }

Result<Measurement> run_load(const Plan& plan) {
  return std::make_unique<LoadRun>(plan)->run();  // on the heap: it holds two histograms
}

}  // namespace forkjail::load
