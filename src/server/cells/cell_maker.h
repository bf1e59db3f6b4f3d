// The two directions of the supervisor's channel as interfaces, so that the pool can be tested
// without a supervisor. SupervisorLink is the real one.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "protocol/flavour.h"
#include "protocol/supervisor_channel.h"
#include "protocol/zygote_report.h"
#include "server/cells/cell.h"

namespace forkjail::server {

// What the server may order.
class CellMaker {
 public:
  virtual void spawn(protocol::Flavour flavour) = 0;  // cell_started or spawn_failed follows
  // Of one owner's flavour, which has no zygote unless it is offered.
  virtual void offer(protocol::Flavour flavour) = 0;  // zygote_ready follows
  virtual void withdraw(protocol::Flavour flavour) = 0;
  virtual void end(protocol::CellId cell) = 0;  // cell_ended follows
  virtual void limit_memory(protocol::CellId cell, std::uint64_t bytes) = 0;
  virtual void measure_memory(protocol::CellId cell) = 0;  // memory_measured follows
  virtual void run_lasts(protocol::CellId cell) = 0;
  virtual void run_waits(protocol::CellId cell) = 0;
  virtual void long_run_over(protocol::CellId cell) = 0;

 protected:
  ~CellMaker() = default;
};

// What the supervisor tells.
class SupervisorEvents {
 public:
  virtual void on_zygote_ready(protocol::Flavour flavour, protocol::ZygoteReport report) = 0;
  virtual void on_zygote_failed(protocol::Flavour flavour, std::string why) = 0;
  // One that was to replace another, which goes on serving.
  virtual void on_spare_zygote_failed(protocol::Flavour flavour, const std::string& why) = 0;
  virtual void on_cell_started(protocol::Flavour flavour, protocol::CellId cell, pid_t pid,
                               CellPipeFds fds) = 0;
  virtual void on_spawn_failed(protocol::Flavour flavour, const Error& error) = 0;
  virtual void on_cell_ended(protocol::CellId cell, const CellEnd& end) = 0;
  virtual void on_memory_limited(protocol::CellId cell, int sys_errno) = 0;
  virtual void on_memory_measured(protocol::CellId cell, const MemoryNow& now) = 0;
  virtual void on_removal_failed() = 0;
  // The supervisor ends: what is missing or wrong at the start would be so at the next try, too.
  virtual void on_cannot_serve(const std::string& why) = 0;
  virtual void on_supervisor_lost(const Error& error) = 0;

 protected:
  ~SupervisorEvents() = default;
};

}  // namespace forkjail::server
