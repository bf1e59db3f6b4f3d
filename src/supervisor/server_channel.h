// The supervisor's end of its socket to the server (protocol/supervisor_channel.h). Receives and
// decodes; what a message asks for is done elsewhere (server_orders.h). Sends for all parts of the
// supervisor. Once the server is gone the supervisor ends, so nobody has to handle a failed send.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "protocol/supervisor_channel.h"

namespace forkjail::supervisor {

class ServerChannel {
 public:
  explicit ServerChannel(UniqueFd socket) : socket_(std::move(socket)) {}

  [[nodiscard]] int descriptor() const { return socket_.get(); }
  // False once the server is gone.
  [[nodiscard]] bool is_open() const { return open_; }

  // `text` where the message's verb has some.
  void send(const protocol::SupervisorMessage& message, std::string_view text = {});
  // The same with descriptors, in the order of protocol::CellFd. Errors: the server is there but
  // cannot get them now (ETOOMANYREFS, EMFILE). That it is gone is not an error here.
  Status send_cell(const protocol::SupervisorMessage& message, std::span<const int> fds);
  void send_spawn_failed(protocol::Flavour flavour, const Error& error);

  // The message that has come. Empty if the server is gone or the packet is malformed, which is
  // logged.
  std::optional<protocol::ServerMessage> receive();

 private:
  UniqueFd socket_;
  bool open_ = true;
};

}  // namespace forkjail::supervisor
