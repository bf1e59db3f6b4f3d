// Offers the log's reader again what it did not take, until it does (base/log_output.h). Server:
// one for the service, on its loop; costs nothing while the reader keeps up.
#pragma once

#include "base/log_output.h"
#include "loop/loop.h"

namespace forkjail {

class LogFlusher {
 public:
  // `log` outlives it.
  LogFlusher(const Executor& executor, LogOutput& log);
  LogFlusher(const LogFlusher&) = delete;  // the log calls it
  LogFlusher& operator=(const LogFlusher&) = delete;
  ~LogFlusher() { log_.on_pending({}); }

 private:
  void flush_later();

  LogOutput& log_;
  Timer timer_;
  bool waits_ = false;
};

}  // namespace forkjail
