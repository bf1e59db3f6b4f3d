#include "server/run/run.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "json/check.h"
#include "server/run/cpu_clock.h"
#include "server/run/left_contents.h"

namespace forkjail::server {
namespace {

constexpr std::size_t kReadBytes = 64 * kKiB;  // a pipe's usual capacity: one read empties it
constexpr std::size_t kReadsPerWakeup = 16;    // then the other pipes and sessions have a turn
constexpr std::uint32_t kFreeWakeups = 256;    // of one pipe; then it is read at intervals
constexpr std::chrono::milliseconds kPace{2};  // bounds what a byte-by-byte writer costs us
constexpr std::chrono::milliseconds kSettleTime{5'000};
constexpr std::chrono::milliseconds kMemoryLimitTime{1'000};
// Of a cell whose reply pipe ended without a frame. One that dies is gone long before; one that
// lives on has closed it.
constexpr std::chrono::milliseconds kDeathTime{1'000};
constexpr std::chrono::milliseconds kCpuCheckMin{5};
constexpr std::size_t kDepthMax = kJsonDepthMax + 8;  // of values and bundles, checked coarsely

EndedBy ended_by(InterruptReason reason) {
  switch (reason) {
    case InterruptReason::shutdown:
      return EndedBy::shutdown;
    case InterruptReason::request:
      return EndedBy::request;
    case InterruptReason::client_gone:
      break;
  }
  return EndedBy::client_gone;
}

bool is_json_object(std::string_view text) {
  return text.starts_with('{') && json::is_valid(text, kDepthMax);
}

}  // namespace

Run::Run(const Executor& executor, CellHold& hold, const ExecutionRequest& request,
         const RunOptions& options, RunEvents* events)
    : hold_(hold),
      cell_(hold.cell()),
      request_(request),
      options_(options),
      events_(events),
      timer_(executor),
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
  if (!cell_ended_by_us_) hand_over();
  while (!done()) {
    timer_.expires_at(next_wakeup());
    co_await timer_.async_wait(use_task);
    check_clocks(Clock::now());
  }
  co_return make_report();
}

// The cell's cgroup gets the lower limit before the script begins. Where there is none, the limit
// that the cell sets for itself holds alone.
Task<void> Run::lower_memory_limit() {
  const auto deadline = Clock::now() + kMemoryLimitTime;
  hold_.limit_memory(request_.limits.memory_bytes);
  while (!memory_limited_ && !cell_.end() && Clock::now() < deadline) {
    timer_.expires_at(deadline);
    co_await timer_.async_wait(use_task);
  }
}

void Run::hand_over() {
  cpu_zero_ = cpu_time_of(cell_.pid());
  started_ = Clock::now();
  next_cpu_check_ = cpu_zero_ ? started_ + request_.limits.cpu_time / options_.cpu_count
                              : Clock::time_point::max();
  for (const CellPipe pipe : kCellPipes) cell_.await_readable(pipe);
  write_request();
}

void Run::write_request() {
  switch (writer_.write(cell_)) {
    case RequestWriter::Progress::partial:
      return await_room();
    case RequestWriter::Progress::cell_gone:
      handed_over_ = false;
      return wake();
    case RequestWriter::Progress::whole:
      request_done_ = true;
      hold_.on_request_written();
      if (events_ != nullptr) events_->on_begin();
  }
}

void Run::await_room() {
  handed_over_ = cell_.await_request_writable().ok();
  if (!handed_over_) wake();
}

void Run::on_request_writable(Cell&) {
  if (!request_done_ && handed_over_) write_request();
}

void Run::on_readable(Cell& cell, CellPipe pipe) {
  if (must_wait(pipe)) {
    held_.at(static_cast<std::size_t>(pipe)) = true;
    return;
  }
  read_pipe(pipe);
  advance();
  const bool over = pipe == CellPipe::reply && cell.decoder().finished();
  if (ended(pipe) || over || done()) return;
  if (++wakeups_.at(static_cast<std::size_t>(pipe)) <= kFreeWakeups) {
    return cell.await_readable(pipe);
  }
  paced_.at(static_cast<std::size_t>(pipe)) = true;
  if (paced_until_ != Clock::time_point::max()) return;
  paced_until_ = Clock::now() + kPace;
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
    displays_are_json_ = displays_are_json_ && is_json_object(bundle);
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
  return !cell_ended_by_us_ && !cell_.end() && !reply_over() && !capture(pipe).full();
}

void Run::resume_held_pipes() {
  for (const CellPipe pipe : kCellPipes) {
    if (std::exchange(held_.at(static_cast<std::size_t>(pipe)), false)) cell_.await_readable(pipe);
  }
}

// Moves on after something was read: looks whether the reply is over and what is still to come.
void Run::advance() {
  if (out_.flooded() || err_.flooded()) end_cell(EndedBy::output_flood);
  if (reply_over() && reply_over_at_ == Clock::time_point{}) {
    reply_over_at_ = Clock::now();
    cpu_at_reply_ = cpu_time_of(cell_.pid());  // before its exit adds to it
    // What was printed before the final frame is there by now, and what comes after it is not the
    // run's. Who prints so fast that the pipe does not run dry is ended for that.
    output_read_ = read_pipe(CellPipe::out);
    output_read_ = read_pipe(CellPipe::err) && output_read_;
    if (!output_read_ || (needs_evidence() && cell_.decoder().finished())) {
      end_cell(EndedBy::nobody);
    } else if (needs_evidence()) {
      dead_by_ = reply_over_at_ + kDeathTime;
      wake();
    }
  }
  if (done()) wake();
}

void Run::on_ended(Cell&) {
  // Nobody holds the pipes' other ends any more: what is in them now is all that will ever come.
  for (const CellPipe pipe : kCellPipes) read_pipe(pipe);
  resume_held_pipes();
  advance();
  wake();
}

void Run::on_memory_limited(Cell&) {
  memory_limited_ = true;
  wake();
}

void Run::end_cell(EndedBy by) {
  if (ended_by_ == EndedBy::nobody && reply_over_at_ == Clock::time_point{}) ended_by_ = by;
  if (cell_ended_by_us_) return;
  cell_ended_by_us_ = true;
  outlived_reply_ = reply_over() && !cell_.decoder().finished() && !cell_.end();
  settle_until_ = Clock::now() + kSettleTime;
  resume_held_pipes();
  if (!cell_.end()) hold_.end_run();
}

void Run::check_clocks(Clock::time_point now) {
  if (now >= paced_until_) resume_paced_pipes();
  if (cell_ended_by_us_) {
    gave_up_settling_ = gave_up_settling_ || now >= settle_until_;
    return;
  }
  if (done()) return;
  if (now >= dead_by_) return end_cell(EndedBy::nobody);
  if (now >= started_ + request_.limits.wall_time) return end_cell(EndedBy::wall_time);
  if (now < next_cpu_check_) return;
  const auto used = cpu_time_used();
  if (used >= request_.limits.cpu_time) return end_cell(EndedBy::cpu_time);
  const auto left = (request_.limits.cpu_time - used) / options_.cpu_count;
  next_cpu_check_ = now + std::max<Clock::duration>(left, kCpuCheckMin);
}

void Run::resume_paced_pipes() {
  paced_until_ = Clock::time_point::max();
  for (const CellPipe pipe : kCellPipes) {
    bool& paced = paced_.at(static_cast<std::size_t>(pipe));
    if (paced) cell_.await_readable(pipe);
    paced = false;
  }
}

// The cell has said its last word: a final frame, nonsense, or nothing more.
// In a session other states hold the pipe: there the evidence tells.
bool Run::reply_over() const {
  return cell_.decoder().finished() || ended(CellPipe::reply) || cell_.end();
}

bool Run::output_over() const {
  return output_read_ || (ended(CellPipe::out) && ended(CellPipe::err));
}

bool Run::answered() const {
  const auto state = cell_.decoder().state();
  return state == protocol::ReplyDecoder::State::value ||
         state == protocol::ReplyDecoder::State::failure;
}

// Without a final frame only the kernel knows why the run ended; the usage needs its peak of
// memory.
bool Run::needs_evidence() const { return !answered() || request_.include.has(AnswerPart::usage); }

bool Run::done() const {
  if (!handed_over_ || gave_up_settling_) return true;
  if (!output_over()) return false;
  if (ended_by_ != EndedBy::nobody || reply_over()) return !needs_evidence() || cell_.end();
  return false;
}

Clock::time_point Run::next_wakeup() const {
  const auto limits = std::min({started_ + request_.limits.wall_time, next_cpu_check_, dead_by_});
  return std::min(paced_until_, cell_ended_by_us_ ? settle_until_ : limits);
}

std::chrono::microseconds Run::cpu_time_used() const {
  const auto zero = cpu_zero_.value_or(std::chrono::microseconds{0});
  auto total = zero;
  if (cpu_at_reply_) {
    total = *cpu_at_reply_;
  } else if (const auto& end = cell_.end()) {
    total = end->cpu_time;
  } else {
    total = cpu_time_of(cell_.pid()).value_or(zero);
  }
  return std::max(total - zero, std::chrono::microseconds{0});
}

Reply Run::take_reply(RunReport& report) {
  protocol::ReplyDecoder& decoder = cell_.decoder();
  if (!displays_are_json_) return Tampered{"a mime bundle is not a JSON object"};
  report.displays = {std::move(decoder.displays()), decoder.displays_dropped()};
  // A cell that was killed had no time to send them.
  const bool none_came = request_.include.has(AnswerPart::files) && !answered();
  report.files = {std::move(decoder.files()), decoder.files_dropped() || none_came};
  keep_smallest_contents(report.files.files, options_.files_out_bytes);
  switch (decoder.state()) {
    case protocol::ReplyDecoder::State::value:
      if (!json::is_valid(decoder.payload(), kDepthMax)) {
        return Tampered{"the value is not JSON"};
      }
      report.value_json = std::move(decoder.payload());
      return ValueReply{};
    case protocol::ReplyDecoder::State::failure: {
      auto failure = decode_failure(decoder.payload());
      if (!failure) return Tampered{"the report of a failure is malformed"};
      return *std::move(failure);
    }
    case protocol::ReplyDecoder::State::violation:
      return Tampered{std::string(decoder.violation())};
    default:
      return NoReply{};
  }
}

RunReport Run::make_report() {
  RunReport report;
  report.handed_over = handed_over_;
  report.evidence.reply = take_reply(report);
  report.evidence.ended_by = ended_by_;
  report.evidence.outlived_reply = outlived_reply_;
  report.evidence.end = cell_.end();
  report.evidence.cpu_time = cpu_time_used();
  report.evidence.limits = request_.limits;
  report.refused_syscalls = cell_.decoder().refused_syscalls();
  report.output = {out_.take(), err_.take()};
  const auto over = reply_over_at_ == Clock::time_point{} ? Clock::now() : reply_over_at_;
  report.usage.wall_time = std::chrono::duration_cast<std::chrono::microseconds>(over - started_);
  report.usage.cpu_time = report.evidence.cpu_time;
  if (const auto& end = cell_.end()) report.usage.memory_peak_bytes = end->memory_peak_bytes;
  return report;
}

}  // namespace forkjail::server
