// The two directions of the supervisor's channel as interfaces, so that the pool can be tested
// without a supervisor. SupervisorLink is the real one.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "protocol/supervisor_channel.h"
#include "protocol/worker_report.h"
#include "server/cell.h"

namespace forkjail::server {

// What the server may order.
class CellMaker {
 public:
  virtual void spawn() = 0;                     // cell_started or spawn_failed follows
  virtual void end(protocol::CellId cell) = 0;  // cell_ended follows
  virtual void limit_memory(protocol::CellId cell, std::uint64_t bytes) = 0;

 protected:
  ~CellMaker() = default;
};

// What the supervisor tells.
class SupervisorEvents {
 public:
  virtual void on_worker_ready(protocol::WorkerReport report) = 0;
  virtual void on_worker_failed(std::string why) = 0;
  virtual void on_cell_started(protocol::CellId cell, pid_t pid, CellPipeFds fds) = 0;
  virtual void on_spawn_failed(const Error& error) = 0;
  virtual void on_cell_ended(protocol::CellId cell, const CellEnd& end) = 0;
  virtual void on_memory_limited(protocol::CellId cell, int sys_errno) = 0;
  virtual void on_supervisor_lost(const Error& error) = 0;

 protected:
  ~SupervisorEvents() = default;
};

}  // namespace forkjail::server
