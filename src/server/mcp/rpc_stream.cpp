#include "server/mcp/rpc_stream.h"

#include "server/api/event_framing.h"

namespace forkjail::server::mcp {
namespace {

constexpr std::string_view kEvent = "message";

}  // namespace

RpcStream::RpcStream(http::Stream& stream, const Executor& executor,
                     std::chrono::milliseconds silence_max)
    : stream_(stream), keep_alive_(stream, executor, silence_max, kComment) {}

void RpcStream::begin() {
  http::Response head;
  head.content_type = "text/event-stream";
  head.headers.push_back({"X-Accel-Buffering", "no"});  // nginx passes each piece on at once
  stream_.begin(head);
  keep_alive_.begin();
}

void RpcStream::send(std::string_view message) {
  event_.clear();
  append_event(event_, kEvent, message);
  stream_.send(event_);
  keep_alive_.note_piece();
}

http::Response RpcStream::finish(std::string_view message) {
  keep_alive_.stop();
  std::string last;
  last.reserve(message.size() + 64);
  append_event(last, kEvent, message);
  stream_.finish_with(std::move(last));
  return {};
}

}  // namespace forkjail::server::mcp
