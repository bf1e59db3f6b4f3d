// Where a log's lines go: a descriptor that is never waited for. Its reader may stop at any time (a
// log collector that hangs, a terminal held by Ctrl-S), and a write(2) that blocks would stop the
// whole service with it. What the reader does not take at once is kept, up to a bound; beyond that
// lines are dropped and counted, and a line says how many as soon as there is room again.
//
// O_NONBLOCK belongs to the open file description, which a shell or a container engine may share:
// it is set on a description of our own, opened anew through /proc/self/fd. Where that is refused
// the description stays as it is, and poll(2) is asked for room before each write.
//
// One for each process, made by main; one thread. Server: its calls (poll, write, sendto) are rows
// of server/own_syscalls.cpp.
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
  // The line that tells of so many dropped ones, with its line feed.
  using Notice = std::function<std::string(std::uint64_t dropped)>;

  static constexpr std::size_t kPendingBytesMax = 256 * 1024;
  // No write is longer, so that the lines of two processes stay whole on one pipe (pipe(7)).
  static constexpr std::size_t kWriteBytesMax = 4096;
  // While something is pending, flush() is to be called this often.
  static constexpr std::chrono::milliseconds kFlushPause{100};

  // Early in the process, before it locks itself in: puts a non-blocking description of its own in
  // the place of `fd`, where it can, so that what libraries write there waits for nobody either.
  explicit LogOutput(int fd);
  LogOutput(const LogOutput&) = delete;  // the log's sink and the loop point to it
  LogOutput& operator=(const LogOutput&) = delete;

  void on_dropped(Notice notice) { notice_ = std::move(notice); }
  // Called whenever a line had to be left pending.
  void on_pending(std::function<void()> callback) { left_pending_ = std::move(callback); }

  // A whole line with its line feed.
  void write(std::string_view line);
  // Writes what the reader takes now.
  void flush();
  // At the end of the process: writes on, for so long at most.
  void finish(std::chrono::milliseconds time_max);

  [[nodiscard]] bool pending() const { return !pending_.empty(); }
  // Since the start.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  enum class Way {
    plain,   // a file: no reader that a write could wait for
    socket,  // send(2) has a flag for each call
    own,     // the description is ours, with O_NONBLOCK
    polled,  // the description is shared: poll(2) says first whether there is room
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
  std::uint64_t untold_ = 0;  // of dropped_
};

}  // namespace forkjail
