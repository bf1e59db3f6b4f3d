// The server's end of the supervisor's channel (protocol/supervisor_channel.h): sends orders, hands
// on events. When the peer is gone it says so once; the server then ends, since without a
// supervisor nothing could be killed any more.
#pragma once

#include <deque>
#include <functional>
#include <utility>

#include "base/result.h"
#include "base/unique_fd.h"
#include "base/unix_socket.h"
#include "loop/loop.h"
#include "server/cells/cell_maker.h"

namespace forkjail::server {

class SupervisorLink final : public CellMaker {
 public:
  // Takes the socket, which must be non-blocking. Events come only after listen().
  SupervisorLink(const Executor& executor, UniqueFd socket);

  // `events` must outlive the loop's run.
  void listen(SupervisorEvents& events);

  void spawn(protocol::Flavour flavour) override;
  void offer(protocol::Flavour flavour) override;
  void withdraw(protocol::Flavour flavour) override;
  void end(protocol::CellId cell) override;
  void limit_memory(protocol::CellId cell, std::uint64_t bytes) override;
  void measure_memory(protocol::CellId cell) override;
  void run_lasts(protocol::CellId cell) override;
  void run_waits(protocol::CellId cell) override;
  void long_run_over(protocol::CellId cell) override;

  // Called with the file of --keys, opened again, or with why it could not be opened: after
  // open_keys(), and after a SIGHUP of the supervisor.
  using KeysTaker = std::function<void(Result<UniqueFd>)>;
  void on_keys(KeysTaker taker) { keys_taker_ = std::move(taker); }
  void open_keys();

  // Closes the socket: the supervisor ends everything and exits. No event follows.
  void close();

 private:
  void await_packets();
  void receive_packets();
  void take_packet(Packet packet);
  void take_keys(int sys_errno, Packet packet);
  void drop_cell(protocol::Flavour flavour, protocol::CellId cell);
  void send(const protocol::ServerMessage& message);
  void flush();
  void lose(const Error& error);

  Descriptor socket_;
  SupervisorEvents* events_ = nullptr;
  KeysTaker keys_taker_;
  std::deque<protocol::ServerMessage> unsent_;  // bounded: a few messages for each live cell
  bool flushing_ = false;
};

}  // namespace forkjail::server
