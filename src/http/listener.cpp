#include "http/listener.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>

#include "loop/log_throttle.h"

namespace forkjail::http {
namespace {
constexpr int kBacklog = 4'096;
constexpr std::chrono::milliseconds kPause{50};
// Looks for a seat again once one may give way, but not for each by itself.
constexpr std::chrono::milliseconds kSeatPauseMin{1};
constexpr std::chrono::milliseconds kSeatPauseMax{10};  // one may end before

// EMFILE and its like: as often as a client connects.
void log_failure(const boost::system::error_code& ec, bool freed, LogThrottle& throttle) {
  const auto held_back = throttle.next(Clock::now());
  if (!held_back) return;
  spdlog::warn("accept: {}; {} ({} more since the last such line)", ec.message(),
               freed ? "the connection that had waited longest was closed" : "none could be closed",
               *held_back);
}

// An IPv4 client is one also where it came to a socket of IPv6.
asio::ip::address address_of(const asio::ip::tcp::endpoint& peer) {
  const asio::ip::address address = peer.address();
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
}
}  // namespace

Result<Listener> Listener::open(const Executor& executor, const std::string& address,
                                std::uint16_t port) {
  boost::system::error_code ec;
  const auto ip = asio::ip::make_address(address, ec);
  if (ec) return Error{"listen", 0, "'" + address + "' is not an IP address"};
  const asio::ip::tcp::endpoint endpoint(ip, port);
  const std::string step = "listen on " + address + ":" + std::to_string(port);
  Acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), ec);
  if (ec) return Error{step, ec.value(), {}};
  acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  // Every connection inherits it.
  const auto send_buffer_bytes = static_cast<int>(Limits{}.send_buffer_bytes);
  acceptor.set_option(asio::socket_base::send_buffer_size(send_buffer_bytes), ec);
  if (ip.is_v6()) acceptor.set_option(asio::ip::v6_only(false), ec);
  acceptor.bind(endpoint, ec);
  if (ec) return Error{step, ec.value(), "choose another --port"};
  acceptor.listen(kBacklog, ec);
  if (ec) return Error{step, ec.value(), {}};
  return Listener(std::move(acceptor));
}

Task<void> Listener::accept(const ServeContext& context) {
  Timer pause(acceptor_.get_executor());
  LogThrottle throttle;
  asio::ip::tcp::endpoint peer;
  while (acceptor_.is_open()) {
    auto [ec, socket] = co_await acceptor_.async_accept(peer, use_task);
    if (!acceptor_.is_open()) co_return;
    if (ec == asio::error::connection_aborted) continue;
    if (ec) {
      const bool freed = context.registry.free_descriptor();
      log_failure(ec, freed, throttle);
      if (freed) continue;
      pause.expires_after(kPause);  // no hot loop until a descriptor is free again
      co_await pause.async_wait(use_task);
      continue;
    }
    auto seat = context.registry.seat_newcomer();
    while (!seat) {
      const auto now = Clock::now();  // the kernel's backlog holds what comes meanwhile
      pause.expires_at(
          std::clamp(context.registry.next_seat_at(), now + kSeatPauseMin, now + kSeatPauseMax));
      co_await pause.async_wait(use_task);
      seat = context.registry.seat_newcomer();
    }
    asio::co_spawn(acceptor_.get_executor(),
                   serve_connection({std::move(socket), address_of(peer), *seat}, context),
                   asio::detached);
  }
}

void Listener::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

std::string Listener::endpoint() const {
  boost::system::error_code ec;
  const auto local = acceptor_.local_endpoint(ec);
  const std::string ip = local.address().to_string();
  return (local.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(local.port());
}

std::uint16_t Listener::port() const {
  boost::system::error_code ec;
  return acceptor_.local_endpoint(ec).port();
}

}  // namespace forkjail::http
