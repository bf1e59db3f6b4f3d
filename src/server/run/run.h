// Drives one run in one cell: hands the request over, reads reply, stdout and stderr as they come,
// watches the wall and the CPU clock, and ends the cell when a limit is reached or the client left.
// Lives in the frame of Runner::run().
//
// The fast path of a short script is: one writev, one wake-up, a few reads, done. What was printed
// before the final frame is in the pipes by the time the frame is, and is read then.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "loop/interruption.h"
#include "loop/loop.h"
#include "server/cells/cell_hold.h"
#include "server/run/execution_request.h"
#include "server/run/length_watch.h"
#include "server/run/outcome.h"
#include "server/run/output_capture.h"
#include "server/run/pipe_pacer.h"
#include "server/run/request_writer.h"
#include "server/run/run_events.h"
#include "server/run/run_report.h"

namespace forkjail::server {

// All that is known of a run once it is over.
struct RunReport {
  bool handed_over = true;  // false: the cell was dead before the script could begin; try another
  Evidence evidence;
  std::string value_json;  // of a ValueReply
  RunOutput output;
  RunDisplays displays;
  RunFiles files;
  RunUsage usage;  // but for queue_time
  std::vector<std::uint32_t> refused_syscalls;
};

struct RunOptions {
  RunLimits maxima;        // a lower memory limit has to be asked for
  unsigned cpu_count = 1;  // CPU time cannot pass faster than wall time times this
  std::uint64_t files_out_bytes = kLeftFilesBytesMax;  // contents that come back, together
  LastingRuns* lasting = nullptr;  // of the service; outlives the run. Null: nobody counts them
};

class Run final : private CellObserver {
 public:
  // All outlive the run. `events`: null if there is no listener.
  Run(const Executor& executor, CellHold& hold, const ExecutionRequest& request,
      const RunOptions& options, RunEvents* events = nullptr);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Runs to the end. At most once.
  Task<RunReport> execute(Interruption& interruption);

 private:
  // From left to right; which step may follow which is a table in run.cpp.
  enum class Phase : std::uint8_t {
    limiting,      // the cell's cgroup gets the request's lower memory limit
    handing_over,  // the request is being written
    running,       // the script has it
    settling,      // the run is over; the rest of its output and the kernel's evidence are awaited
    done,
  };

  // CellObserver
  void on_readable(Cell& cell, CellPipe pipe) override;
  void on_request_writable(Cell& cell) override;
  void on_ended(Cell& cell) override;
  void on_memory_limited(Cell& cell) override;

  Task<void> lower_memory_limit();
  void hand_over();
  void write_request();
  void await_room();
  void enter(Phase next);
  void give_up_cell();
  bool read_pipe(CellPipe pipe);
  void take_reply_bytes(std::span<const std::byte> bytes);
  void take_output(OutputStream stream, std::span<const std::byte> bytes);
  void advance();
  void on_reply_over();
  void finish_if_settled();
  void end_cell(EndedBy by);
  void check_clocks(Clock::time_point now);
  void check_limits(Clock::time_point now);
  void resume_held_pipes();
  void wake() { timer_.cancel(); }

  [[nodiscard]] OutputCapture& capture(CellPipe pipe) {
    return pipe == CellPipe::out ? out_ : err_;
  }
  [[nodiscard]] bool must_wait(CellPipe pipe);
  [[nodiscard]] bool is_over() const { return phase_ >= Phase::settling; }
  [[nodiscard]] bool reply_over() const;
  [[nodiscard]] bool output_over() const;
  [[nodiscard]] bool needs_evidence() const;
  [[nodiscard]] Clock::time_point next_wakeup() const;
  [[nodiscard]] std::chrono::microseconds cpu_time_used() const;
  [[nodiscard]] Reply take_reply(RunReport& report);
  [[nodiscard]] RunReport make_report();
  [[nodiscard]] bool ended(CellPipe pipe) const {
    return pipe_ended_.at(static_cast<std::size_t>(pipe));
  }

  CellHold& hold_;
  Cell& cell_;
  const ExecutionRequest& request_;
  RunOptions options_;
  RunEvents* events_;
  Timer timer_;
  LengthWatch length_;

  Phase phase_ = Phase::limiting;
  RequestWriter writer_;
  bool handed_over_ = true;

  OutputCapture out_;
  OutputCapture err_;
  std::size_t displays_checked_ = 0;
  bool displays_are_json_ = true;
  std::array<bool, kCellPipes.size()> pipe_ended_{};
  std::array<bool, kCellPipes.size()> held_{};  // read again when there is room for it
  PipePacer pacer_;

  Clock::time_point started_{};
  std::optional<Clock::time_point> next_cpu_check_;    // empty: the cell has no clock to read
  std::optional<std::chrono::microseconds> cpu_zero_;  // spent on warming, before the run

  // How it ended.
  EndedBy ended_by_ = EndedBy::nobody;
  std::optional<Clock::time_point> reply_over_at_;
  std::optional<std::chrono::microseconds> cpu_at_reply_;
  bool output_read_ = false;          // all that was printed before the reply
  bool end_ordered_ = false;          // of the cell, by us
  bool outlived_reply_ = false;       // its reply pipe ended without a frame, and it was alive then
  Clock::time_point settle_until_{};  // then the cell is ended, or, if it was, no longer awaited
};

}  // namespace forkjail::server
