#include "server/cell.h"

#include <fcntl.h>
#include <unistd.h>

namespace forkjail::server {
namespace {

Status adopt(Descriptor& descriptor, UniqueFd fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) < 0) {
    return errno_error("set O_NONBLOCK");
  }
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
      request_(executor),
      pipes_{Descriptor(executor), Descriptor(executor), Descriptor(executor)} {}

Result<std::shared_ptr<Cell>> Cell::make(const Executor& executor, protocol::CellId id, pid_t pid,
                                         CellPipeFds fds) {
  std::shared_ptr<Cell> cell(new Cell(executor, id, pid));
  if (auto status = adopt(cell->request_, std::move(fds.request)); !status) return status.error();
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

void Cell::await_request_writable() {
  request_.async_wait(Descriptor::wait_write,
                      [self = shared_from_this()](const boost::system::error_code& ec) {
                        if (!ec && self->observer_ != nullptr) {
                          self->observer_->on_request_writable(*self);
                        }
                      });
}

Cell::ReadResult Cell::read(CellPipe pipe, std::span<std::byte> buffer) {
  if (!descriptor(pipe).is_open()) return {0, true};
  for (;;) {
    const ssize_t n = ::read(descriptor(pipe).native_handle(), buffer.data(), buffer.size());
    if (n > 0) return {static_cast<std::size_t>(n), false};
    if (n == 0) return {0, true};
    if (errno == EINTR) continue;
    return {0, errno != EAGAIN};  // a pipe that cannot be read any more has ended for us
  }
}

Result<std::size_t> Cell::write_request(std::span<const iovec> parts) {
  for (;;) {
    const ssize_t n =
        ::writev(request_.native_handle(), parts.data(), static_cast<int>(parts.size()));
    if (n >= 0) return static_cast<std::size_t>(n);
    if (errno == EINTR) continue;
    if (errno == EAGAIN) return std::size_t{0};
    return errno_error("write request");
  }
}

void Cell::close_request() {
  boost::system::error_code ignored;
  request_.close(ignored);
}

void Cell::close_pipes() {
  close_request();
  for (Descriptor& pipe : pipes_) {
    boost::system::error_code ignored;
    pipe.close(ignored);
  }
}

void Cell::set_end(const CellEnd& end) {
  end_ = end;
  if (observer_ != nullptr) observer_->on_ended(*this);
}

void Cell::memory_limited() {
  if (observer_ != nullptr) observer_->on_memory_limited(*this);
}

}  // namespace forkjail::server
