// A request's answer as a stream of JSON-RPC messages (Server-Sent Events): notifications while it
// goes on, its result or error last. In silence a comment is sent, so that nothing between takes
// the connection for dead. Lives in the frame of the request's handler.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"
#include "loop/loop.h"

namespace forkjail::server::mcp {

class RpcStream {
 public:
  // `stream` outlives it.
  RpcStream(http::Stream& stream, const Executor& executor,
            std::chrono::milliseconds silence_max = std::chrono::seconds(10));
  RpcStream(const RpcStream&) = delete;  // stream and timer point to it
  RpcStream& operator=(const RpcStream&) = delete;
  ~RpcStream() { stream_.on_room({}); }

  // From here on the answer is a stream.
  void begin();
  void send(std::string_view message);
  // The last message. Returns what the handler returns.
  [[nodiscard]] http::Response finish(std::string_view message);

  [[nodiscard]] bool has_room() const { return stream_.has_room(); }
  void on_room(std::function<void()> listener) { stream_.on_room(std::move(listener)); }

 private:
  void comment_later(Clock::time_point at);

  http::Stream& stream_;
  Timer timer_;
  std::chrono::milliseconds silence_max_;
  Clock::time_point silent_since_;
  std::string event_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // the timer's work sees its end
};

}  // namespace forkjail::server::mcp
