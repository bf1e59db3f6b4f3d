// The output of a log, which never blocks. Its reader may stop at any time (a log collector that
// hangs, a terminal held by Ctrl-S), and a write(2) that blocks would stop the whole service. Lines
// that the reader does not take are buffered up to a limit; beyond it they are dropped and counted,
// and a line reports the number as soon as there is room again.
//
// O_NONBLOCK belongs to the open file description, which a shell or container engine may share: it
// is set on our own description, reopened through /proc/self/fd. If that is refused, the shared
// description is used as it is, and poll(2) checks for room before each write.
//
// One per process, created by main; single-threaded. In the server its calls (poll, write, sendto)
// are rows of server/confinement/server_syscalls.cpp.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace forkjail {

class LogOutput {
 public:
  // Formats the line that reports the number of dropped lines, with its line feed.
  using Notice = std::function<std::string(std::uint64_t dropped)>;

  static constexpr std::size_t kPendingBytesMax = 256 * 1024;
  // Upper limit of one write, so that lines of two processes stay whole on one pipe (pipe(7)).
  static constexpr std::size_t kWriteBytesMax = 4096;
  // While lines are pending, flush() must be called at this interval.
  static constexpr std::chrono::milliseconds kFlushPause{100};

  // Call early, before the process restricts itself. Replaces `fd` by a non-blocking description of
  // its own where possible, so that writes of libraries do not block either.
  explicit LogOutput(int fd);
  LogOutput(const LogOutput&) = delete;  // the log's sink and the loop point to it
  LogOutput& operator=(const LogOutput&) = delete;

  void on_dropped(Notice notice) { notice_ = std::move(notice); }
  // Called whenever a line could not be written at once.
  void on_pending(std::function<void()> callback) { left_pending_ = std::move(callback); }

  // `line` is complete, with its line feed.
  void write(std::string_view line);
  // Writes as much as the reader takes now.
  void flush();
  // At the end of the process: keeps writing for at most this long.
  void finish(std::chrono::milliseconds time_max);

  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  // Since the start.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  enum class Way {
    plain,   // a file: writes do not wait for a reader
    socket,  // send(2) takes MSG_DONTWAIT
    own,     // our own description, with O_NONBLOCK
    polled,  // a shared description: poll(2) before each write
  };

  static Way take_over(int fd);
  [[nodiscard]] std::size_t held() const { return pending_.size() - written_; }
  [[nodiscard]] std::string_view next_piece() const;
  [[nodiscard]] long write_once(std::string_view bytes) const;
  void keep(std::string_view line);
  void say_dropped();

  int fd_;
  Way way_;
  Notice notice_;
  std::function<void()> left_pending_;
  std::string pending_;
  std::size_t written_ = 0;  // of pending_
  bool dropping_ = false;
  std::uint64_t dropped_ = 0;
  std::uint64_t untold_ = 0;  // part of dropped_ that no line has reported yet
};

}  // namespace forkjail
