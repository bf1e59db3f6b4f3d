#include "server/run/run.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/cpu_clock.h"
#include "base/limits.h"
#include "server/run/final_reply.h"
#include "server/run/left_contents.h"

namespace forkjail::server {
namespace {

constexpr std::size_t kReadBytes = 64 * kKiB;  // a pipe's usual capacity: one read empties it
constexpr std::size_t kReadsPerWakeup = 16;    // then the other pipes and runs have a turn
constexpr std::chrono::milliseconds kSettleTime{5'000};
constexpr std::chrono::milliseconds kMemoryLimitTime{1'000};
// Of a cell whose reply pipe ended without a frame. One that dies is gone long before; one that
// lives on has closed it.
constexpr std::chrono::milliseconds kDeathTime{1'000};
constexpr std::chrono::milliseconds kCpuCheckMin{5};

EndedBy ended_by(InterruptReason reason) {
  switch (reason) {
    case InterruptReason::shutdown:
      return EndedBy::shutdown;
    case InterruptReason::request:
      return EndedBy::interrupt_request;
    case InterruptReason::client_gone:
      break;
  }
  return EndedBy::client_gone;
}

}  // namespace

void Run::enter(Phase next) {
  struct Step {
    Phase from;
    Phase to;
  };
  static constexpr std::array kSteps{
      Step{Phase::limiting, Phase::handing_over},  // the limit holds, or none came in time
      Step{Phase::limiting, Phase::settling},      // interrupted
      Step{Phase::handing_over, Phase::running},   // the whole request is written
      Step{Phase::handing_over, Phase::settling},  // an early reply, a limit, an interruption
      Step{Phase::handing_over, Phase::done},      // the cell was dead: another one may run it
      Step{Phase::running, Phase::settling},       // the reply, a limit, an interruption
      Step{Phase::settling, Phase::done},          // all is there, or it was awaited long enough
  };
  FORKJAIL_CHECK(std::ranges::any_of(
      kSteps, [&](const Step& step) { return step.from == phase_ && step.to == next; }));
  phase_ = next;
}

Run::Run(const Executor& executor, CellHold& hold, const ExecutionRequest& request,
         const RunOptions& options, RunEvents* events)
    : hold_(hold),
      cell_(hold.cell()),
      request_(request),
      options_(options),
      events_(events),
      timer_(executor),
      length_(hold, options.lasting),
      writer_(request, hold),
      out_(request.limits.output_bytes),
      err_(request.limits.output_bytes) {
  cell_.observe(this);
  if (events_ != nullptr) events_->resume_by([this] { resume_held_pipes(); });
}

Run::~Run() {
  cell_.observe(nullptr);
  if (events_ != nullptr) events_->resume_by({});
}

Task<RunReport> Run::execute(Interruption& interruption) {
  const auto listening = interruption.listen([this](InterruptReason reason) {
    end_cell(ended_by(reason));
    wake();
  });
  started_ = Clock::now();
  if (request_.limits.memory_bytes < options_.maxima.memory_bytes) co_await lower_memory_limit();
  if (phase_ == Phase::limiting) enter(Phase::handing_over);
  if (phase_ == Phase::handing_over) hand_over();
  if (cell_.end() && phase_ != Phase::done) advance();  // it ended before it could be told
  while (phase_ != Phase::done) {
    timer_.expires_at(next_wakeup());
    co_await timer_.async_wait(use_task);
    check_clocks(Clock::now());
  }
  length_.end();
  co_return make_report();
}

// The cell's cgroup gets the lower limit before the script begins. Where there is none, the limit
// that the cell sets for itself holds alone.
Task<void> Run::lower_memory_limit() {
  const auto deadline = Clock::now() + kMemoryLimitTime;
  hold_.limit_memory(request_.limits.memory_bytes);
  while (phase_ == Phase::limiting && !cell_.end() && Clock::now() < deadline) {
    timer_.expires_at(deadline);
    co_await timer_.async_wait(use_task);
  }
}

void Run::hand_over() {
  cpu_zero_ = cpu_time_of(cell_.pid());
  started_ = Clock::now();
  length_.begin(started_);
  if (cpu_zero_) next_cpu_check_ = started_ + request_.limits.cpu_time / options_.cpu_count;
  for (const CellPipe pipe : kCellPipes) cell_.await_readable(pipe);
  write_request();
}

void Run::write_request() {
  switch (writer_.write(cell_)) {
    case RequestWriter::Progress::partial:
      return await_room();
    case RequestWriter::Progress::cell_gone:
      return give_up_cell();
    case RequestWriter::Progress::whole:
      enter(Phase::running);
      hold_.on_request_written();
      if (events_ != nullptr) events_->on_begin();
  }
}

void Run::await_room() {
  if (!cell_.await_request_writable().ok()) give_up_cell();
}

void Run::give_up_cell() {
  handed_over_ = false;
  enter(Phase::done);
  wake();
}

void Run::on_request_writable(Cell&) {
  if (phase_ == Phase::handing_over) write_request();
}

void Run::on_readable(Cell& cell, CellPipe pipe) {
  if (phase_ == Phase::limiting) return;  // as the pool asked; the hand-over asks again
  if (must_wait(pipe)) {
    held_.at(static_cast<std::size_t>(pipe)) = true;
    return;
  }
  read_pipe(pipe);
  advance();
  const bool over = pipe == CellPipe::reply && cell.decoder().finished();
  if (ended(pipe) || over || phase_ == Phase::done) return;
  if (pacer_.may_go_on(pipe)) return cell.await_readable(pipe);
  wake();
}

// True: nothing is left in it for now.
bool Run::read_pipe(CellPipe pipe) {
  std::array<std::byte, kReadBytes> buffer;  // NOLINT(*-member-init): read() fills it
  for (std::size_t i = 0; i < kReadsPerWakeup && !ended(pipe); ++i) {
    if (must_wait(pipe)) return false;
    const auto read = cell_.read(pipe, buffer);
    const auto bytes = std::span<const std::byte>(buffer).first(read.bytes);
    if (pipe == CellPipe::reply) take_reply_bytes(bytes);
    if (pipe == CellPipe::out) take_output(OutputStream::out, bytes);
    if (pipe == CellPipe::err) take_output(OutputStream::err, bytes);
    if (read.ended) pipe_ended_.at(static_cast<std::size_t>(pipe)) = true;
    if (read.bytes == 0) return true;
    // A short read of the reply is the usual end of it; its end of file comes with the process.
    if (pipe == CellPipe::reply && cell_.decoder().finished()) return true;
  }
  return ended(pipe);
}

void Run::take_reply_bytes(std::span<const std::byte> bytes) {
  protocol::ReplyDecoder& decoder = cell_.decoder();
  decoder.feed(bytes);
  for (auto& displays = decoder.displays(); displays_checked_ < displays.size();
       ++displays_checked_) {
    const std::string& bundle = displays.at(displays_checked_);
    displays_are_json_ = displays_are_json_ && is_mime_bundle(bundle);
    if (events_ != nullptr && displays_are_json_) events_->on_display(bundle);
  }
}

void Run::take_output(OutputStream stream, std::span<const std::byte> bytes) {
  const std::size_t kept = (stream == OutputStream::out ? out_ : err_).append(bytes);
  if (events_ == nullptr || kept == 0) return;
  events_->on_output(stream, {reinterpret_cast<const char*>(bytes.data()), kept});
}

// Whether the pipe is left alone because the client has enough to read. What would be dropped is
// read and counted all the same, and so is what a run leaves: no more of it comes.
bool Run::must_wait(CellPipe pipe) {
  if (events_ == nullptr || pipe == CellPipe::reply || events_->has_room()) return false;
  return !is_over() && !cell_.end() && !capture(pipe).full();
}

void Run::resume_held_pipes() {
  for (const CellPipe pipe : kCellPipes) {
    if (std::exchange(held_.at(static_cast<std::size_t>(pipe)), false)) cell_.await_readable(pipe);
  }
}

// Moves on after something was read: looks whether the reply is over and what is still to come.
void Run::advance() {
  if (out_.flooded() || err_.flooded()) end_cell(EndedBy::output_flood);
  if (reply_over() && !reply_over_at_) on_reply_over();
  finish_if_settled();
}

void Run::on_reply_over() {
  reply_over_at_ = Clock::now();
  cpu_at_reply_ = cpu_time_of(cell_.pid());  // before its exit adds to it
  if (!is_over()) {
    enter(Phase::settling);
    settle_until_ = std::min(*reply_over_at_ + kDeathTime, started_ + request_.limits.wall_time);
  }
  // What was printed before the final frame is there by now, and what comes after it is not the
  // run's. A script that prints so fast that the pipe does not run dry is ended for that.
  output_read_ = read_pipe(CellPipe::out);
  output_read_ = read_pipe(CellPipe::err) && output_read_;
  if (!output_read_ || (needs_evidence() && cell_.decoder().finished())) {
    end_cell(EndedBy::nobody);
  } else if (needs_evidence()) {
    wake();
  }
}

void Run::finish_if_settled() {
  if (phase_ != Phase::settling || !output_over()) return;
  if (needs_evidence() && !cell_.end()) return;
  enter(Phase::done);
  wake();
}

void Run::on_ended(Cell&) {
  if (phase_ == Phase::limiting) return wake();  // the hand-over will find it gone
  // What is in the pipes now is all that will ever come of the run: no process holds their other
  // ends any more or, in a session, only states that sleep.
  for (const CellPipe pipe : kCellPipes) read_pipe(pipe);
  pipe_ended_.fill(true);
  resume_held_pipes();
  advance();
  wake();
}

void Run::on_memory_limited(Cell&) {
  if (phase_ == Phase::limiting) enter(Phase::handing_over);
  wake();
}

void Run::end_cell(EndedBy by) {
  if (phase_ == Phase::done || end_ordered_) return;
  end_ordered_ = true;
  if (!is_over()) {
    ended_by_ = by;
    enter(Phase::settling);
  }
  outlived_reply_ = reply_over() && !cell_.decoder().finished() && !cell_.end();
  settle_until_ = Clock::now() + kSettleTime;
  resume_held_pipes();
  if (!cell_.end()) hold_.end_run();
  finish_if_settled();
}

void Run::check_clocks(Clock::time_point now) {
  pacer_.resume(now, [this](CellPipe pipe) { cell_.await_readable(pipe); });
  if (phase_ == Phase::handing_over || phase_ == Phase::running) return check_limits(now);
  if (phase_ != Phase::settling || now < settle_until_) return;
  if (end_ordered_) return enter(Phase::done);
  end_cell(EndedBy::nobody);
}

void Run::check_limits(Clock::time_point now) {
  if (now >= started_ + request_.limits.wall_time) return end_cell(EndedBy::wall_time);
  if (now >= length_.next()) {
    length_.look(now, cpu_zero_ ? std::optional(cpu_time_used()) : std::nullopt);
  }
  if (!next_cpu_check_ || now < *next_cpu_check_) return;
  const auto used = cpu_time_used();
  if (used >= request_.limits.cpu_time) return end_cell(EndedBy::cpu_time);
  const auto left = (request_.limits.cpu_time - used) / options_.cpu_count;
  next_cpu_check_ = now + std::max<Clock::duration>(left, kCpuCheckMin);
}

// Nothing more of the reply will come: a final frame, a violation, or the pipe's end. In a session
// other states hold the pipe: there the evidence tells.
bool Run::reply_over() const {
  return cell_.decoder().finished() || ended(CellPipe::reply) || cell_.end();
}

bool Run::output_over() const {
  return output_read_ || (ended(CellPipe::out) && ended(CellPipe::err));
}

// Without a final frame only the kernel knows why the run ended; the usage needs its peak of
// memory.
bool Run::needs_evidence() const {
  return !cell_.decoder().reply_complete() || request_.include.has(AnswerPart::usage);
}

Clock::time_point Run::next_wakeup() const {
  if (phase_ == Phase::settling) return std::min(pacer_.until(), settle_until_);
  return std::min({pacer_.until(), length_.next(), started_ + request_.limits.wall_time,
                   next_cpu_check_.value_or(Clock::time_point::max())});
}

std::chrono::microseconds Run::cpu_time_used() const {
  const auto zero = cpu_zero_.value_or(std::chrono::microseconds{0});
  auto total = cpu_at_reply_;
  if (const auto& end = cell_.end(); !total && end) total = end->cpu_time;
  if (!total) total = cpu_time_of(cell_.pid());
  return std::max(total.value_or(zero) - zero, std::chrono::microseconds{0});
}

Reply Run::take_reply(RunReport& report) {
  if (!displays_are_json_) return Tampered{"a mime bundle is not a JSON object"};
  protocol::ReplyDecoder& decoder = cell_.decoder();
  report.displays = {std::move(decoder.displays()), decoder.displays_dropped()};
  // A cell that was killed had no time to send them.
  const bool none_came = request_.include.has(AnswerPart::files) && !decoder.reply_complete();
  report.files = {std::move(decoder.files()), decoder.files_dropped() || none_came};
  keep_smallest_contents(report.files.files, options_.files_out_bytes);
  return final_reply(decoder, report.value_json);
}

RunReport Run::make_report() {
  RunReport report;
  report.handed_over = handed_over_;
  report.evidence.reply = take_reply(report);
  report.evidence.ended_by = ended_by_;
  report.evidence.outlived_reply = outlived_reply_;
  report.evidence.end = hold_.end_of_run();
  report.evidence.cpu_time = cpu_time_used();
  report.evidence.limits = request_.limits;
  report.evidence.calls_main = request_.mode == protocol::RunMode::main;
  report.refused_syscalls = cell_.decoder().refused_syscalls();
  report.output = {out_.take(), err_.take()};
  const auto over = reply_over_at_.value_or(Clock::now());
  report.usage.wall_time = std::chrono::duration_cast<std::chrono::microseconds>(over - started_);
  report.usage.cpu_time = report.evidence.cpu_time;
  if (const auto& end = cell_.end()) report.usage.memory_peak_bytes = end->memory_peak_bytes;
  return report;
}

}  // namespace forkjail::server
