#include "server/cells/cell.h"

#include <unistd.h>

#include "base/io.h"

namespace forkjail::server {
namespace {

Status adopt(Descriptor& descriptor, UniqueFd fd) {
  if (auto status = set_nonblocking(fd.get()); !status) return status;
  boost::system::error_code ec;
  const int number = fd.release();
  descriptor.assign(number, ec);  // on failure the number stays ours
  if (!ec) return ok_status();
  fd.reset(number);
  return Error{"register pipe", ec.value(), {}};
}

}  // namespace

Cell::Cell(const Executor& executor, protocol::CellId id, pid_t pid)
    : id_(id),
      pid_(pid),
      request_wait_(executor),
      pipes_{Descriptor(executor), Descriptor(executor), Descriptor(executor)} {}

Result<std::shared_ptr<Cell>> Cell::make(const Executor& executor, protocol::CellId id, pid_t pid,
                                         CellPipeFds fds) {
  std::shared_ptr<Cell> cell(new Cell(executor, id, pid));
  cell->request_ = std::move(fds.request);
  if (auto status = set_nonblocking(cell->request_.get()); !status) return status.error();
  if (auto status = adopt(cell->descriptor(CellPipe::reply), std::move(fds.reply)); !status) {
    return status.error();
  }
  if (auto status = adopt(cell->descriptor(CellPipe::out), std::move(fds.out)); !status) {
    return status.error();
  }
  if (auto status = adopt(cell->descriptor(CellPipe::err), std::move(fds.err)); !status) {
    return status.error();
  }
  return cell;
}

void Cell::await_readable(CellPipe pipe) {
  bool& awaited = awaited_.at(static_cast<std::size_t>(pipe));
  if (awaited || !descriptor(pipe).is_open()) return;
  awaited = true;
  descriptor(pipe).async_wait(Descriptor::wait_read, [self = shared_from_this(),
                                                      pipe](const boost::system::error_code& ec) {
    self->awaited_.at(static_cast<std::size_t>(pipe)) = false;
    if (!ec && self->observer_ != nullptr) self->observer_->on_readable(*self, pipe);
  });
}

Status Cell::await_request_writable() {
  if (!request_wait_.is_open()) {
    if (auto status = adopt(request_wait_, std::move(request_)); !status) return status;
  }
  request_wait_.async_wait(Descriptor::wait_write,
                           [self = shared_from_this()](const boost::system::error_code& ec) {
                             if (!ec && self->observer_ != nullptr) {
                               self->observer_->on_request_writable(*self);
                             }
                           });
  return ok_status();
}

namespace {

Cell::ReadResult read_from(Descriptor& descriptor, std::span<std::byte> buffer) {
  if (!descriptor.is_open()) return {0, true};
  for (;;) {
    const ssize_t n = ::read(descriptor.native_handle(), buffer.data(), buffer.size());
    if (n > 0) return {static_cast<std::size_t>(n), false};
    if (n == 0) return {0, true};
    if (errno == EINTR) continue;
    return {0, errno != EAGAIN};  // a pipe that cannot be read any more has ended for us
  }
}

}  // namespace

Cell::ReadResult Cell::read(CellPipe pipe, std::span<std::byte> buffer) {
  return read_from(descriptor(pipe), buffer);
}

Status Cell::listen_to_reports(std::function<void()> on_report) {
  on_report_ = std::move(on_report);
  if (!request_wait_.is_open()) {
    if (auto status = adopt(request_wait_, std::move(request_)); !status) return status;
    await_reports();
  }
  return ok_status();
}

void Cell::await_reports() {
  request_wait_.async_wait(Descriptor::wait_read,
                           [self = shared_from_this()](const boost::system::error_code& ec) {
                             if (ec) return;
                             if (self->on_report_) self->on_report_();
                             if (self->request_wait_.is_open() && self->on_report_) {
                               self->await_reports();
                             }
                           });
}

Cell::ReadResult Cell::read_reports(std::span<std::byte> buffer) {
  return read_from(request_wait_, buffer);
}

void Cell::begin_next_run() {
  constexpr std::size_t kReadsMax =
      64;                               // a full pipe and more; a process that writes on is cut off
  std::array<std::byte, 4096> ignored;  // NOLINT(*-member-init): read() fills it
  for (const CellPipe pipe : kCellPipes) {
    for (std::size_t i = 0; i < kReadsMax && read(pipe, ignored).bytes > 0; ++i) {
    }
  }
  decoder_.start_next_run();
  if (!gone_) end_.reset();
}

Result<std::size_t> Cell::write_request(std::span<const iovec> parts) {
  for (;;) {
    const int request = request_wait_.is_open() ? request_wait_.native_handle() : request_.get();
    const ssize_t n = ::writev(request, parts.data(), static_cast<int>(parts.size()));
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return std::size_t{0};
    return errno_error("write request");
  }
}

void Cell::close_pipes() {
  boost::system::error_code ignored;
  request_.reset();
  request_wait_.close(ignored);
  for (Descriptor& pipe : pipes_) pipe.close(ignored);
}

void Cell::set_end(const CellEnd& end) {
  end_ = end;
  if (observer_ != nullptr) observer_->on_ended(*this);
}

void Cell::memory_limited() {
  if (observer_ != nullptr) observer_->on_memory_limited(*this);
}

}  // namespace forkjail::server
