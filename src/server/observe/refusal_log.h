// The log's lines of requests to /execute for which nothing ran. Some in each second have a line of
// their own; the others are one line together, with their number for each reason. Else a client
// that sends again at once would fill the log, and the time it takes to write it.
// Owned by the service; what is not written yet is written by its end.
#pragma once

#include <cstdint>
#include <string_view>

#include "loop/loop.h"
#include "server/observe/run_log.h"

namespace forkjail::server {

class RefusalLog {
 public:
  static constexpr std::uint32_t kOwnLinesMax = 10;  // of each period
  static constexpr std::chrono::milliseconds kPeriod{1'000};

  // `log` outlives it.
  RefusalLog(const Executor& executor, const RunLog& log) : log_(log), timer_(executor) {}
  RefusalLog(const RefusalLog&) = delete;  // its timer points to it
  RefusalLog& operator=(const RefusalLog&) = delete;
  ~RefusalLog() { write_sum(); }

  void add(const RunLogEntry& entry);

 private:
  void start_period();
  void write_sum();

  const RunLog& log_;
  Timer timer_;
  bool in_period_ = false;
  std::uint32_t own_lines_ = 0;
  RefusalCounts others_;
};

}  // namespace forkjail::server
