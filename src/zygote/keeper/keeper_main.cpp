#include "zygote/keeper/keeper_main.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <map>
#include <span>
#include <utility>

#include "base/cpu_clock.h"
#include "base/io.h"
#include "base/pipe.h"
#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "zygote/keeper/keeper.h"

namespace forkjail::zygote {
namespace {

using protocol::KeeperOrder;
using protocol::KeeperVerb;

[[noreturn]] void end_everything() { ::_exit(0); }

std::chrono::microseconds as_microseconds(const timeval& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

class KernelCalls final : public KeeperCalls {
 public:
  KernelCalls(const UniqueFd& channel, const UniqueFd& listener)
      : channel_(channel), listener_(listener) {}

  void order(std::uint64_t call, StateOrder order) override {
    answer({.id = call, .val = static_cast<std::int64_t>(order), .error = 0, .flags = 0});
  }
  void proceed(std::uint64_t call) override {
    answer({.id = call, .val = 0, .error = 0, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE});
  }
  void refuse(std::uint64_t call, int sys_errno) override {
    answer({.id = call, .val = 0, .error = -sys_errno, .flags = 0});
  }
  void pretend(std::uint64_t call) override {
    answer({.id = call, .val = 0, .error = 0, .flags = 0});
  }

  // One step puts the pipe in place and answers the call, so that the state wakes once; before
  // Linux 5.14 it takes two.
  void order_run(std::uint64_t call, std::vector<std::byte> request) override {
    auto pipe = make_pipe();
    if (!pipe) return;
    request_ = std::move(request);
    sent_ = 0;
    request_pipe_ = std::move(pipe->write_end);
    write_piece();
    seccomp_notif_addfd add{};
    add.id = call;
    add.flags = SECCOMP_ADDFD_FLAG_SETFD | SECCOMP_ADDFD_FLAG_SEND;
    add.srcfd = static_cast<std::uint32_t>(pipe->read_end.get());
    add.newfd = protocol::kCellRequestFd;
    add.newfd_flags = O_CLOEXEC;
    if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0) return;
    add.flags = SECCOMP_ADDFD_FLAG_SETFD;
    if (errno == EINVAL && ::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_ADDFD, &add) >= 0) {
      return order(call, StateOrder::run);
    }
    take_request_back();
  }
  void take_request_back() override {
    request_pipe_.reset();
    request_ = {};
  }

  void kill(pid_t state) override { ::kill(state, SIGKILL); }
  std::chrono::microseconds cpu_time(pid_t state) override {
    return cpu_time_of(state).value_or(std::chrono::microseconds{0});
  }
  bool watch(pid_t state) override {
    if (watched_.contains(state)) return false;
    UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, state, 0)));
    if (!pidfd.valid()) return false;
    watched_[state] = std::move(pidfd);
    return true;
  }

  void report(const protocol::KeeperReport& report) override {
    if (!write_all(channel_.get(), protocol::as_wire(report))) end_everything();
  }
  void end_session() override { end_everything(); }

  // At most a page: a pipe that poll(2) calls writable has room for one.
  void write_piece() {
    while (request_pipe_.valid()) {
      const auto rest = std::span(request_).subspan(
          sent_, std::min(request_.size() - sent_, std::size_t{PIPE_BUF}));
      const ssize_t n = ::write(request_pipe_.get(), rest.data(), rest.size());
      if (n < 0 && errno == EINTR) continue;
      sent_ += n > 0 ? static_cast<std::size_t>(n) : 0;
      if (n < 0 || sent_ == request_.size()) take_request_back();
      break;
    }
  }
  [[nodiscard]] int request_pipe() const { return request_pipe_.get(); }
  [[nodiscard]] std::map<pid_t, UniqueFd>& watched() { return watched_; }

 private:
  // An error means that the caller is gone; the kernel reports its end.
  void answer(seccomp_notif_resp response) {
    (void)::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_SEND, &response);
  }

  const UniqueFd& channel_;
  const UniqueFd& listener_;
  UniqueFd request_pipe_;
  std::vector<std::byte> request_;
  std::size_t sent_ = 0;
  std::map<pid_t, UniqueFd> watched_;  // pidfds
};

class Loop {
 public:
  explicit Loop(KeeperParts parts)
      : channel_(std::move(parts.channel)),
        listener_(std::move(parts.listener)),
        calls_(channel_, listener_),
        keeper_(parts.first, calls_) {
    if (!calls_.watch(parts.first)) end_everything();
  }

  [[noreturn]] void run() {
    for (;;) {
      poll_once();
      keeper_.on_time(KeeperClock::now());
    }
  }

 private:
  static constexpr std::size_t kFixed = 3;

  void poll_once() {
    std::vector<pollfd> ready{{channel_.get(), POLLIN, 0},
                              {listener_.get(), POLLIN, 0},
                              {calls_.request_pipe(), POLLOUT, 0}};
    std::vector<pid_t> pids;
    for (const auto& [pid, pidfd] : calls_.watched()) {
      ready.push_back({pidfd.get(), POLLIN, 0});
      pids.push_back(pid);
    }
    if (::poll(ready.data(), ready.size(), timeout()) < 0 && errno != EINTR) end_everything();
    if (ready.at(2).revents != 0) calls_.write_piece();
    // Ends first: a call of a process that is gone has gone with it.
    for (std::size_t i = 0; i < pids.size(); ++i) {
      if (ready.at(kFixed + i).revents != 0) on_ended(pids.at(i));
    }
    if ((ready.at(1).revents & POLLIN) != 0) receive_call();
    if (ready.at(0).revents != 0) read_order();
  }

  [[nodiscard]] int timeout() const {
    const auto next = keeper_.next_time();
    if (next == KeeperClock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - KeeperClock::now());
    return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }

  // The head is our child; a kept state may still be the child of the head, which reaps it.
  void on_ended(pid_t pid) {
    if (!calls_.watched().contains(pid)) return;  // told of with another that ended
    const auto now = KeeperClock::now();
    if (!reap(pid, now)) {
      calls_.watched().erase(pid);
      keeper_.on_kept_ended(pid, now);
    }
    while (reap(-1, now)) {  // orphans, and those that were dropped
    }
  }

  // The head may be among all children: it can have ended since poll(2), and wait4(2) tells of it
  // once.
  bool reap(pid_t which, KeeperClock::time_point now) {
    int status = 0;
    rusage usage{};
    const pid_t pid = ::wait4(which, &status, WNOHANG, &usage);
    if (pid <= 0) return false;
    if (calls_.watched().erase(pid) > 0) {
      keeper_.on_child_ended(
          pid, {status, as_microseconds(usage.ru_utime) + as_microseconds(usage.ru_stime)}, now);
    }
    return true;
  }

  void receive_call() {
    seccomp_notif call{};
    if (::ioctl(listener_.get(), SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;  // it is gone
    HeldCall held{.id = call.id, .thread = static_cast<pid_t>(call.pid), .number = call.data.nr};
    std::copy(std::begin(call.data.args), std::end(call.data.args), held.arguments.begin());
    keeper_.on_call(held, KeeperClock::now());
  }

  // Orders come whole from the server, which is trusted: a short read waits for the rest.
  void read_order() {
    KeeperOrder order;
    if (!read_exactly(channel_.get(), std::as_writable_bytes(std::span(&order, 1)))) {
      end_everything();
    }
    if (order.magic != protocol::kKeeperMagic) end_everything();
    const auto now = KeeperClock::now();
    switch (order.verb) {
      case KeeperVerb::run:
        return keeper_.on_run(order, read_request(order.request_bytes), now);
      case KeeperVerb::stop:
        return keeper_.on_stop(order.run, now);
      case KeeperVerb::drop:
        return keeper_.on_drop(order.state);
      case KeeperVerb::go_to:
        return keeper_.on_go_to(order.state, order.run, now);
    }
    end_everything();
  }

  std::vector<std::byte> read_request(std::uint64_t bytes) const {
    if (bytes > protocol::kRunRequestBytesMax) end_everything();
    std::vector<std::byte> request(bytes);
    if (!read_exactly(channel_.get(), request)) end_everything();
    return request;
  }

  UniqueFd channel_;
  UniqueFd listener_;
  KernelCalls calls_;
  Keeper keeper_;
};

}  // namespace

void keeper_main(KeeperParts parts) {
  if (::signal(SIGPIPE, SIG_IGN) == SIG_ERR || !sandbox::attach_filter(*parts.filter)) ::_exit(1);
  Loop(std::move(parts)).run();
}

}  // namespace forkjail::zygote
