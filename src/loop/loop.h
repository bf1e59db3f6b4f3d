// The server's one loop: names for Asio's types bound to io_context's own executor, so that no
// type-erased executor is copied on the hot path. Everything in this zone runs on the one thread
// that runs the loop; nothing here is thread-safe, and nothing needs to be.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

namespace forkjail {

namespace asio = boost::asio;

// One thread runs it, so no lock is ever taken.
class Loop : public asio::io_context {
 public:
  Loop() : asio::io_context(1) {}

  // Destroys every suspended coroutine and pending handler, which refer to objects that are about
  // to go. The loop never runs again.
  void destroy_pending() { shutdown(); }
};

using Clock = std::chrono::steady_clock;
using Executor = asio::io_context::executor_type;
template <typename T>
using Task = asio::awaitable<T, Executor>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using TcpSocket = asio::basic_stream_socket<asio::ip::tcp, Executor>;

// Completion token of every co_await here: errors come back as values, never as exceptions.
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<Executor>> use_task{};

}  // namespace forkjail
