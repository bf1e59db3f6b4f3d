#include "server/observe/refusal_log.h"

namespace forkjail::server {

void RefusalLog::add(const RunLogEntry& entry) {
  if (!in_period_) start_period();
  if (own_lines_ < kOwnLinesMax) {
    ++own_lines_;
    log_.write(entry);
  } else {
    ++others_[entry.reason];
  }
}

void RefusalLog::start_period() {
  in_period_ = true;
  own_lines_ = 0;
  timer_.expires_after(kPeriod);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec) return;
    in_period_ = false;
    write_sum();
  });
}

void RefusalLog::write_sum() {
  if (others_.empty()) return;
  log_.write_refusals(others_);
  others_.clear();
}

}  // namespace forkjail::server
