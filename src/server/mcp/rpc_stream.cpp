#include "server/mcp/rpc_stream.h"

#include "server/api/event_framing.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kEvent = "message";

}  // namespace

RpcStream::RpcStream(http::Stream& stream, const Executor& executor,
                     std::chrono::milliseconds silence_max)
    : stream_(stream), timer_(executor), silence_max_(silence_max) {}

void RpcStream::begin() {
  http::Response head;
  head.content_type = "text/event-stream";
  head.headers.push_back({"X-Accel-Buffering", "no"});  // nginx passes each piece on at once
  stream_.begin(head);
  silent_since_ = Clock::now();
  comment_later(silent_since_ + silence_max_);
}

void RpcStream::send(std::string_view message) {
  event_.clear();
  append_event(event_, kEvent, message);
  stream_.send(event_);
  silent_since_ = Clock::now();
}

// One timer for as long as the stream lives: it looks when the last message was.
void RpcStream::comment_later(Clock::time_point at) {
  timer_.expires_at(at);
  timer_.async_wait(
      [this, alive = std::weak_ptr<bool>(alive_)](const boost::system::error_code& ec) {
        if (ec || alive.expired()) return;
        const auto now = Clock::now();
        if (now - silent_since_ >= silence_max_) {
          if (stream_.is_idle()) stream_.send(kComment);
          silent_since_ = now;
        }
        comment_later(silent_since_ + silence_max_);
      });
}

http::Response RpcStream::finish(std::string_view message) {
  timer_.cancel();
  std::string last;
  last.reserve(message.size() + 64);
  append_event(last, kEvent, message);
  stream_.finish_with(std::move(last));
  return {};
}

}  // namespace forkjail::server::mcp
