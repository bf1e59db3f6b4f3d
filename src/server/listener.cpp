#include "server/listener.h"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>

namespace forkjail::server {
namespace {
constexpr int kBacklog = 1'024;
constexpr std::chrono::milliseconds kPause{50};
}  // namespace

Result<Listener> Listener::open(const Executor& executor, const std::string& address,
                                std::uint16_t port) {
  boost::system::error_code ec;
  const auto ip = asio::ip::make_address(address, ec);
  if (ec) return Error{"listen", 0, "'" + address + "' is no IP address"};
  const asio::ip::tcp::endpoint endpoint(ip, port);
  const std::string step = "listen on " + address + ":" + std::to_string(port);
  Acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), ec);
  if (ec) return Error{step, ec.value(), {}};
  acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  if (ip.is_v6()) acceptor.set_option(asio::ip::v6_only(false), ec);
  acceptor.bind(endpoint, ec);
  if (ec) return Error{step, ec.value(), "choose another --port"};
  acceptor.listen(kBacklog, ec);
  if (ec) return Error{step, ec.value(), {}};
  return Listener(std::move(acceptor));
}

Task<void> Listener::accept(const HttpContext& context) {
  Timer pause(acceptor_.get_executor());
  while (acceptor_.is_open()) {
    if (!context.registry.make_room()) {
      pause.expires_after(kPause);  // the kernel's backlog holds who comes meanwhile
      co_await pause.async_wait(use_task);
      continue;
    }
    auto [ec, socket] = co_await acceptor_.async_accept(use_task);
    if (!acceptor_.is_open()) co_return;
    if (ec) {
      // EMFILE and its like: no hot loop until a descriptor is free again.
      if (ec != asio::error::connection_aborted) spdlog::warn("accept: {}", ec.message());
      pause.expires_after(kPause);
      co_await pause.async_wait(use_task);
      continue;
    }
    asio::co_spawn(acceptor_.get_executor(), serve_http_connection(std::move(socket), context),
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

}  // namespace forkjail::server
