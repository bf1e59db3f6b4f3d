#include "load/connection.h"

#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string_view>

namespace forkjail::load {
namespace {

// A kernel that does not preempt itself gives nobody else the processor while it copies a piece.
constexpr std::size_t kPieceBytes = 64 * 1024;

}  // namespace

Connection::Connection(const Target& target, const RequestText& request, int epoll_fd,
                       std::uint64_t tag)
    : target_(target), request_(request), epoll_fd_(epoll_fd), tag_(tag), bytes_(request.bytes) {}

Connection::Progress Connection::start(Clock::time_point intended, Clock::time_point now,
                                       std::uint64_t nonce) {
  busy_ = true;
  intended_ = intended;
  started_ = now;
  sent_ = 0;
  response_.reset();
  if (request_.nonce_at != RequestText::kNoNonce) put_nonce(bytes_, request_.nonce_at, nonce);
  if (!socket_.valid() && !open()) return Progress::kConnectFailed;
  return send_rest();
}

Connection::Progress Connection::advance(std::span<char> buffer) {
  if (busy_ && sent_ < bytes_.size()) {
    const Progress progress = send_rest();
    if (progress != Progress::kWaiting) return progress;
  }
  return receive(buffer);
}

void Connection::abandon() {
  busy_ = false;
  connected_ = false;
  socket_.reset();  // leaves the epoll set by itself: there is no second descriptor of it
}

bool Connection::open() {
  socket_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_.valid()) return false;
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr address{};
  static_assert(sizeof address == sizeof target_.address);
  std::memcpy(&address, &target_.address, sizeof address);
  if (::connect(socket_.get(), &address, sizeof address) != 0 && errno != EINPROGRESS) return false;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = tag_;
  return ::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, socket_.get(), &event) == 0;
}

Connection::Progress Connection::send_rest() {
  while (sent_ < bytes_.size()) {
    const std::string_view rest = std::string_view(bytes_).substr(sent_, kPieceBytes);
    const ssize_t count = ::send(socket_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return Progress::kWaiting;
      // A server may answer and close before it has read all (413): the answer counts.
      if (connected_ && sent_ > 0) return Progress::kWaiting;
      return connected_ ? Progress::kClosed : Progress::kConnectFailed;
    }
    connected_ = true;
    sent_ += static_cast<std::size_t>(count);
  }
  return Progress::kWaiting;
}

Connection::Progress Connection::receive(std::span<char> buffer) {
  while (socket_.valid()) {
    const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return Progress::kWaiting;
    if (!busy_) {  // the server closed an idle connection, or sent something unasked
      abandon();
      return Progress::kWaiting;
    }
    if (count <= 0) {
      const bool silent = !response_.started();
      if (count == 0) response_.end_of_stream();
      if (response_.done()) return finish();
      if (!connected_) return Progress::kConnectFailed;
      return silent || count < 0 ? Progress::kClosed : Progress::kMalformed;
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    const std::size_t taken = response_.feed(bytes);
    if (response_.malformed() || taken < bytes.size()) return Progress::kMalformed;
    if (response_.done()) return finish();
  }
  return Progress::kWaiting;
}

Connection::Progress Connection::finish() {
  busy_ = false;
  if (!response_.keep_alive() || sent_ < bytes_.size()) abandon();
  return Progress::kDone;
}

}  // namespace forkjail::load
