// One cell as the server sees it: four pipe ends from the supervisor (a session's request end is a
// socket, which is also read: keeper_channel.h). Owned by the CellPool from cell_started to
// cell_ended; what uses it now (the pool while it warms and parks, a Run afterwards) is its
// observer and is told when a pipe can be read.
#pragma once

#include <sys/types.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "base/result.h"
#include "base/unique_fd.h"
#include "loop/loop.h"
#include "protocol/reply_decoder.h"
#include "protocol/supervisor_channel.h"
#include "server/cells/cell_end.h"
#include "server/cells/memory_now.h"

namespace forkjail::server {

class Cell;

// The pipes that the server reads from.
enum class CellPipe : std::uint8_t { reply, out, err };
inline constexpr std::array kCellPipes{CellPipe::reply, CellPipe::out, CellPipe::err};

// Told about one cell at a time, never from inside a call into the cell.
class CellObserver {
 public:
  virtual void on_readable(Cell& cell, CellPipe pipe) = 0;
  virtual void on_request_writable(Cell& cell) = 0;
  virtual void on_ended(Cell& cell) = 0;           // cell.end() is there now
  virtual void on_memory_limited(Cell& cell) = 0;  // the answer to a limit_memory message

 protected:
  ~CellObserver() = default;
};

// The descriptors beside cell_started, in the order of protocol::CellFd.
struct CellPipeFds {
  UniqueFd request;
  UniqueFd reply;
  UniqueFd out;
  UniqueFd err;
};

class Cell : public std::enable_shared_from_this<Cell> {
 public:
  // Makes the pipes non-blocking and registers those to read from with the loop, ahead of any
  // request. That of the request is written at once, but for a long one: registered, it would wake
  // the server when the cell closes its end.
  static Result<std::shared_ptr<Cell>> make(const Executor& executor, protocol::CellId id,
                                            pid_t pid, CellPipeFds fds);

  [[nodiscard]] protocol::CellId id() const { return id_; }
  // For reading its CPU clock, nothing else: the server could not signal it anyway. 0: unknown.
  [[nodiscard]] pid_t pid() const { return pid_; }

  // Null: no observer. It must outlive its turn.
  void observe(CellObserver* observer) { observer_ = observer; }
  [[nodiscard]] protocol::ReplyDecoder& decoder() { return decoder_; }

  // One on_readable follows once the pipe holds bytes or has ended. At most one wait per pipe.
  void await_readable(CellPipe pipe);
  // One on_request_writable follows. Errors: the loop takes no more descriptors.
  Status await_request_writable();

  // What read(2) said: bytes (> 0), end of file, or nothing now.
  struct ReadResult {
    std::size_t bytes = 0;
    bool ended = false;
  };
  [[nodiscard]] ReadResult read(CellPipe pipe, std::span<std::byte> buffer);

  // Bytes written, 0 when the pipe is full. Error EPIPE: the cell is gone.
  [[nodiscard]] Result<std::size_t> write_request(std::span<const iovec> parts);
  void close_pipes();

  // The supervisor's evidence, once everything of the cell is gone; or, in a session, the keeper's,
  // once the run is over.
  [[nodiscard]] const std::optional<CellEnd>& end() const { return end_; }
  void set_end(const CellEnd& end);
  void memory_limited();

  // Of a session's cell. Everything of it is gone.
  [[nodiscard]] bool gone() const { return gone_; }
  void set_gone() { gone_ = true; }
  // Called whenever the keeper has reported something, until it is replaced; the cell outlives it.
  // Errors: the loop takes no more descriptors.
  Status listen_to_reports(std::function<void()> on_report);
  [[nodiscard]] ReadResult read_reports(std::span<std::byte> buffer);
  void on_memory_measured(std::function<void(const MemoryNow&)> listener) {
    memory_measured_ = std::move(listener);
  }
  void memory_measured(const MemoryNow& now) const {
    if (memory_measured_) memory_measured_(now);
  }
  // Forgets the last run: what its processes left in the pipes, and its reply.
  void begin_next_run();

 private:
  Cell(const Executor& executor, protocol::CellId id, pid_t pid);
  void await_reports();
  [[nodiscard]] Descriptor& descriptor(CellPipe pipe) {
    return pipes_.at(static_cast<std::size_t>(pipe));
  }

  protocol::CellId id_;
  pid_t pid_;
  CellObserver* observer_ = nullptr;
  protocol::ReplyDecoder decoder_;
  UniqueFd request_;
  Descriptor request_wait_;  // takes it over once it has to be waited for
  std::array<Descriptor, kCellPipes.size()> pipes_;
  std::array<bool, kCellPipes.size()> awaited_{};
  std::optional<CellEnd> end_;
  bool gone_ = false;
  std::function<void()> on_report_;
  std::function<void(const MemoryNow&)> memory_measured_;
};

}  // namespace forkjail::server
