// What nsjail and a zygote write to their standard error: lines of the supervisor's own log, in its
// format and with its care that no reader is waited for (base/log_output.h). They get a pipe and
// not the log itself, so neither can write there what it wants, nor hold a terminal or file of the
// host.
//
// What comes is text of a process that scripts run in the clones of: it is cut, cleaned of control
// characters and bounded in lines a second. Supervisor, one for each zygote, until the pipe's end.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_fd.h"

namespace forkjail::supervisor {

inline constexpr std::size_t kJailLineBytesMax = 1'000;
inline constexpr std::uint32_t kJailLinesASecondMax = 50;

// Bytes as they come, cut into lines that can be shown.
class JailLines {
 public:
  // The lines that these bytes complete. Of a longer one than kJailLineBytesMax the beginning.
  std::vector<std::string> feed(std::string_view bytes);
  // What has no line feed yet; empty if there is nothing.
  std::string rest();

 private:
  std::string begun_;
};

class JailLog {
 public:
  // `pipe` is non-blocking. `name` goes before each line: "light zygote".
  JailLog(UniqueFd pipe, std::string name) : pipe_(std::move(pipe)), name_(std::move(name)) {}

  // To poll; -1 once the pipe has ended.
  [[nodiscard]] int descriptor() const { return pipe_.get(); }
  // Logs what is there, a bounded part of it.
  void read();

 private:
  void say(const std::string& line);
  void say_left_out();

  UniqueFd pipe_;
  std::string name_;
  JailLines lines_;
  std::chrono::steady_clock::time_point second_;  // when the one that is counted began
  std::uint32_t lines_in_second_ = 0;
  std::uint64_t left_out_ = 0;
};

}  // namespace forkjail::supervisor
