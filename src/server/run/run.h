// Drives one run in one cell: hands the request over, reads reply, stdout and stderr as they come,
// watches the wall and the CPU clock, and ends the cell when a limit is reached or the client left.
// Lives in the frame of Runner::run().
//
// The fast path of a short script is: one writev, one wake-up, a few reads, done. What was printed
// before the final frame is in the pipes by the time the frame is, and is read then.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "loop/interruption.h"
#include "loop/loop.h"
#include "server/cells/cell_hold.h"
#include "server/run/execution_request.h"
#include "server/run/outcome.h"
#include "server/run/output_capture.h"
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
};

class Run final : private CellObserver {
 public:
  // All outlive the run. `events`: null when nobody listens.
  Run(const Executor& executor, CellHold& hold, const ExecutionRequest& request,
      const RunOptions& options, RunEvents* events = nullptr);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // Runs to the end. At most once.
  Task<RunReport> execute(Interruption& interruption);

 private:
  // CellObserver
  void on_readable(Cell& cell, CellPipe pipe) override;
  void on_request_writable(Cell& cell) override;
  void on_ended(Cell& cell) override;
  void on_memory_limited(Cell& cell) override;

  Task<void> lower_memory_limit();
  void hand_over();
  void write_request();
  void await_room();
  bool read_pipe(CellPipe pipe);
  void take_reply_bytes(std::span<const std::byte> bytes);
  void take_output(OutputStream stream, std::span<const std::byte> bytes);
  void advance();
  void end_cell(EndedBy by);
  void check_clocks(Clock::time_point now);
  void resume_paced_pipes();
  void resume_held_pipes();
  void wake() { timer_.cancel(); }

  [[nodiscard]] OutputCapture& capture(CellPipe pipe) {
    return pipe == CellPipe::out ? out_ : err_;
  }
  [[nodiscard]] bool must_wait(CellPipe pipe);
  [[nodiscard]] bool done() const;
  [[nodiscard]] bool reply_over() const;
  [[nodiscard]] bool output_over() const;
  [[nodiscard]] bool answered() const;
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

  RequestWriter writer_;
  bool request_done_ = false;
  bool handed_over_ = true;
  bool memory_limited_ = false;

  OutputCapture out_;
  OutputCapture err_;
  std::size_t displays_checked_ = 0;
  bool displays_are_json_ = true;
  std::array<bool, kCellPipes.size()> pipe_ended_{};
  std::array<bool, kCellPipes.size()> paced_{};  // read again at paced_until_, not when readable
  std::array<bool, kCellPipes.size()> held_{};   // read again when there is room for it
  std::array<std::uint32_t, kCellPipes.size()> wakeups_{};
  Clock::time_point paced_until_ = Clock::time_point::max();

  Clock::time_point started_{};
  Clock::time_point reply_over_at_{};
  bool output_read_ = false;  // all that was printed before the reply
  Clock::time_point next_cpu_check_{};
  std::optional<std::chrono::microseconds> cpu_zero_;  // spent on warming, before the run
  std::optional<std::chrono::microseconds> cpu_at_reply_;
  EndedBy ended_by_ = EndedBy::nobody;
  Clock::time_point dead_by_ = Clock::time_point::max();  // the reply pipe ended without a frame
  bool cell_ended_by_us_ = false;
  bool outlived_reply_ = false;                                // it was not dead by then
  Clock::time_point settle_until_ = Clock::time_point::max();  // for the pipes' ends and evidence
  bool gave_up_settling_ = false;
};

}  // namespace forkjail::server
