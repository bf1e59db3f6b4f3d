#include "http_client/transport.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace forkjail::http_client {

namespace asio = boost::asio;
namespace beast = boost::beast;

asio::awaitable<void> PlainTransport::exchange(const Url& url, std::chrono::milliseconds timeout,
                                               const HttpRequest& request,
                                               HttpParser& parser) const {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(url.host, url.port, asio::use_awaitable);
  beast::tcp_stream stream(executor);
  stream.expires_after(timeout);
  co_await stream.async_connect(addresses, asio::use_awaitable);
  co_await beast::http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await beast::http::async_read(stream, buffer, parser, asio::use_awaitable);
}

}  // namespace forkjail::http_client
