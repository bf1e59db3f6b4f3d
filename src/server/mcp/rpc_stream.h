// A request's answer as a stream of JSON-RPC messages (Server-Sent Events): notifications while it
// goes on, its result or error last. In silence a comment is sent, so that nothing between takes
// the connection for dead. Lives in the frame of the request's handler.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "http/message.h"
#include "loop/loop.h"
#include "server/api/keep_alive.h"

namespace forkjail::server::mcp {

class RpcStream {
 public:
  // `stream` outlives it.
  RpcStream(http::Stream& stream, const Executor& executor,
            std::chrono::milliseconds silence_max = std::chrono::seconds(10));
  RpcStream(const RpcStream&) = delete;  // keep-alive points to it
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
  http::Stream& stream_;
  KeepAlive keep_alive_;
  std::string event_;
};

}  // namespace forkjail::server::mcp
