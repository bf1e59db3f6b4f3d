// The supervisor's end of its socket to the server (protocol/supervisor_channel.h). Receives and
// decodes; what a message asks for is done elsewhere (server_orders.h). Sends for all parts of the
// supervisor, and never waits: what a busy server has no room for is kept, in order, and sent when
// there is. A server that leaves kUnsentMax messages unread hangs, and counts as gone. Once the
// server is gone the supervisor ends, so no caller has to handle a failed send.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/supervisor_channel.h"

namespace forkjail::supervisor {

class ServerChannel {
 public:
  static constexpr std::size_t kUnsentMax = 4'096;

  explicit ServerChannel(UniqueFd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  // False once the server is gone.
  [[nodiscard]] bool is_open() const { return open_; }

  // `text` where the message's verb has some.
  void send(const protocol::SupervisorMessage& message, std::string_view text = {});
  // The same with descriptors: of a cell in the order of protocol::CellFd. Errors: the server is
  // there but cannot get them now (ETOOMANYREFS, EMFILE, EAGAIN where it has no room). That it is
  // gone is not an error here.
  Status send_cell(const protocol::SupervisorMessage& message, std::span<const int> fds);
  void send_spawn_failed(protocol::Flavour flavour, const Error& error);

  // Whether something was sent since the last time.
  [[nodiscard]] bool take_sent() { return std::exchange(has_sent_, false); }
  // Whether something waits for room; then send_rest() is to be called when there is.
  [[nodiscard]] bool has_unsent() const { return !unsent_.empty(); }
  void send_rest();

  // The message that has come. Empty if the server is gone or the packet is malformed, which is
  // logged.
  std::optional<protocol::ServerMessage> receive();

 private:
  // Whether it is sent; else it has to wait, or the server is gone.
  bool try_to_send(std::span<const std::byte> packet);

  UniqueFd socket_;
  bool open_ = true;
  bool has_sent_ = false;
  std::deque<std::vector<std::byte>> unsent_;
};

}  // namespace forkjail::supervisor
