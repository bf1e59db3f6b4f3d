#include "loop/log_flusher.h"

#include <utility>

namespace forkjail {

LogFlusher::LogFlusher(const Executor& executor, LogOutput& log) : log_(log), timer_(executor) {
  log_.on_pending([this] { flush_later(); });
  if (log_.pending()) flush_later();
}

void LogFlusher::flush_later() {
  if (std::exchange(waits_, true)) return;
  timer_.expires_after(LogOutput::kFlushPause);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    waits_ = false;
    if (ec) return;
    log_.flush();
    if (log_.pending()) flush_later();
  });
}

}  // namespace forkjail
