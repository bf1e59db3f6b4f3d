#include "server/api/keep_alive.h"

namespace forkjail::server {

void KeepAlive::begin() {
  note_piece();
  look_at(silent_since_ + silence_max_);
}

// One timer for as long as the stream lives: it looks when the last piece was, instead of being set
// anew by each.
void KeepAlive::look_at(Clock::time_point at) {
  timer_.expires_at(at);
  timer_.async_wait(
      [this, alive = std::weak_ptr<bool>(alive_)](const boost::system::error_code& ec) {
        if (ec || alive.expired()) return;
        const auto now = Clock::now();
        if (now - silent_since_ >= silence_max_) {
          if (stream_.is_idle()) stream_.send(piece_);
          silent_since_ = now;
        }
        look_at(silent_since_ + silence_max_);
      });
}

}  // namespace forkjail::server
