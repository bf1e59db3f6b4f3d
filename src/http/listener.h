// Accepts connections and starts a connection for each, within the bounds of the registry.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "http/request_loop.h"
#include "loop/loop.h"

namespace forkjail::http {

class Listener {
 public:
  // Binds and listens at once, so that a port in use is an error before anything else is started.
  // An IPv6 wildcard address takes IPv4 as well.
  static Result<Listener> open(const Executor& executor, const std::string& address,
                               std::uint16_t port);

  // Accepts until close(). `context` outlives every connection.
  Task<void> accept(const ServeContext& context);
  void close();

  [[nodiscard]] std::string endpoint() const;  // "0.0.0.0:8080"
  [[nodiscard]] std::uint16_t port() const;

 private:
  using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

  explicit Listener(Acceptor acceptor) : acceptor_(std::move(acceptor)) {}

  Acceptor acceptor_;
};

}  // namespace forkjail::http
