// A zygote and cells that a test plays by hand: real sockets and pipes, and real processes that do
// nothing.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/io.h"
#include "base/pipe.h"
#include "base/unix_socket.h"
#include "protocol/run_frames.h"
#include "protocol/wire.h"
#include "protocol/zygote_channel.h"
#include "protocol/zygote_report.h"
#include "supervisor/jail_launcher.h"

namespace forkjail::supervisor {

inline bool is_readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, 0) == 1;
}

// A process that sleeps until it is killed.
class FakeCell {
 public:
  // Returns once the process holds none of the test's descriptors, whose ends of file others await.
  FakeCell() {
    Pipe held = *make_pipe();
    pid_ = ::fork();
    if (pid_ == 0) {
      ::syscall(SYS_close_range, 3, 0x7fffffff, 0);
      while (true) ::pause();
    }
    held.write_end.reset();
    char none = 0;
    (void)!::read(held.read_end.get(), &none, 1);
  }
  FakeCell(const FakeCell&) = delete;
  FakeCell& operator=(const FakeCell&) = delete;
  ~FakeCell() {
    kill();
    ::waitpid(pid_, nullptr, 0);
  }

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] UniqueFd pidfd() const {
    return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
  }
  void kill() const { ::kill(pid_, SIGKILL); }
  // Returns once it is dead, killed by whomever. It stays a zombie, as in its zygote's care.
  void wait_until_dead() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }
  [[nodiscard]] bool is_dead() const {
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG);
    return info.si_pid == pid_;
  }

 private:
  pid_t pid_ = 0;
};

// What an order to clone brings: the cell's ends of its pipes.
struct FakeOrder {
  protocol::ZygoteMessage message;
  UniqueFd request;
  UniqueFd reply;
  UniqueFd out;
  UniqueFd err;

  void send_frame(protocol::FrameType type, std::string_view payload = {}) const {
    const protocol::FrameHeader header{static_cast<std::uint32_t>(type),
                                       static_cast<std::uint32_t>(payload.size())};
    send_bytes({reinterpret_cast<const char*>(&header), sizeof header});
    send_bytes(payload);
  }
  void send_bytes(std::string_view bytes) const {
    ASSERT_TRUE(write_all(reply.get(), std::as_bytes(std::span(bytes))));
  }
};

// The zygote's process sends what the test tells it to, so that the kernel vouches for its number.
class FakeZygote {
 public:
  FakeZygote() : control_(*make_socket_pair()), commands_(*make_socket_pair()), log_(*make_pipe()) {
    pid_ = ::fork();
    if (pid_ == 0) send_as_commanded(control_.second.get(), commands_.second.get());
    commands_.second.reset();
    const int on = 1;
    ::setsockopt(control_.first.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
    for (const int fd : {control_.first.get(), log_.read_end.get()}) {
      ::fcntl(fd, F_SETFL, O_RDWR | O_NONBLOCK);
    }
  }

  // The supervisor's ends, once. The supervisor ends the process.
  LaunchedJail launched() {
    return {pid_, std::move(control_.first), std::move(log_.read_end), {}};
  }
  [[nodiscard]] pid_t pid() const { return pid_; }

  // Returns once the message is there for the supervisor to read.
  void send(const protocol::ZygoteMessage& message, std::string_view text = {},
            std::span<const int> fds = {}) {
    ASSERT_TRUE(send_packet(commands_.first.get(), protocol::with_text(message, text), fds));
    ASSERT_TRUE(receive_packet(commands_.first.get())) << "the zygote's process is gone";
  }
  void send_ready() {
    send({.verb = protocol::ZygoteVerb::ready}, protocol::encode(protocol::ZygoteReport{}));
  }
  void send_cloned(const FakeOrder& order, const FakeCell& cell) {
    const UniqueFd pidfd = cell.pidfd();
    const int fd = pidfd.get();
    send({.verb = protocol::ZygoteVerb::cloned, .cell = order.message.cell}, {}, {&fd, 1});
  }
  void send_exited(const FakeOrder& order, int wait_status = 0) {
    send({.verb = protocol::ZygoteVerb::exited,
          .cell = order.message.cell,
          .wait_status = wait_status});
  }
  // Closes its end of the control socket, as a zygote that ends.
  void close_control() {
    ::kill(pid_, SIGKILL);
    siginfo_t info{};
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    control_.second.reset();
  }

  // The order that has come; empty if there is none.
  std::optional<FakeOrder> order() {
    if (!is_readable(control_.second.get())) return std::nullopt;
    auto packet = receive_packet(control_.second.get());
    if (!packet || packet->fds.size() < protocol::kCloneFdCount) return std::nullopt;
    auto& fds = packet->fds;
    return FakeOrder{*protocol::from_wire<protocol::ZygoteMessage>(packet->bytes),
                     std::move(fds[protocol::kRequestRead]), std::move(fds[protocol::kReplyWrite]),
                     std::move(fds[protocol::kStdoutWrite]),
                     std::move(fds[protocol::kStderrWrite])};
  }

  // The cells that it was ordered to reap, in order, as far as the orders have come.
  std::vector<pid_t> reaps() {
    std::vector<pid_t> pids;
    while (is_readable(control_.second.get())) {
      const auto packet = receive_packet(control_.second.get());
      if (!packet) break;
      const auto message = protocol::from_wire<protocol::ZygoteMessage>(packet->bytes);
      if (!message || message->verb != protocol::ZygoteVerb::reap) continue;
      pids.push_back(static_cast<pid_t>(message->pid));
    }
    return pids;
  }

 private:
  [[noreturn]] static void send_as_commanded(int control, int commands) {
    constexpr int kControl = 100;
    constexpr int kCommands = 101;
    ::dup2(control, kControl);
    ::dup2(commands, kCommands);
    ::syscall(SYS_close_range, 3, kControl - 1, 0);
    ::syscall(SYS_close_range, kCommands + 1, 0x7fffffff, 0);
    while (true) {
      auto packet = receive_packet(kCommands);
      if (!packet || packet->bytes.empty()) ::_exit(0);
      std::vector<int> fds;
      for (const UniqueFd& fd : packet->fds) fds.push_back(fd.get());
      (void)send_packet(kControl, packet->bytes, fds);
      (void)send_packet(kCommands, std::as_bytes(std::span("done")));
    }
  }

  std::pair<UniqueFd, UniqueFd> control_;  // the supervisor's end, the zygote's
  std::pair<UniqueFd, UniqueFd> commands_;
  Pipe log_;
  pid_t pid_ = 0;
};

}  // namespace forkjail::supervisor
