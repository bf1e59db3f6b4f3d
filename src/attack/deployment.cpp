#include "attack/deployment.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <exception>

#include "base/limits.h"

namespace forkjail::attack {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Request = http::request<http::string_body>;
using Parser = http::response_parser<http::string_body>;

// A value, two outputs, each with every byte escaped, and the rest: no answer is larger.
constexpr std::size_t kAnswerBytesMax = 64 * kMiB;

asio::awaitable<void> talk(const std::string& host, const std::string& port,
                           std::chrono::seconds timeout, const Request& request, Parser& parser) {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(host, port, asio::use_awaitable);
  beast::tcp_stream stream(executor);
  stream.expires_after(timeout);
  co_await stream.async_connect(addresses, asio::use_awaitable);
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
}

boost::json::value parse_or_null(std::string_view text) {
  boost::system::error_code ec;
  boost::json::value value = boost::json::parse(text, ec);
  if (ec) return {};
  return value;
}

}  // namespace

Result<Deployment> Deployment::at(std::string_view url, std::chrono::seconds timeout) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) return Error{"--url", 0, "only http://HOST[:PORT] is spoken"};
  url.remove_prefix(kScheme.size());
  url = url.substr(0, url.find('/'));
  const auto colon = url.rfind(':');
  const bool has_port = colon != std::string_view::npos;
  std::string host(url.substr(0, has_port ? colon : url.size()));
  std::string port(has_port ? url.substr(colon + 1) : "80");
  if (host.empty() || port.empty()) return Error{"--url", 0, "no host or no port"};
  return Deployment(std::move(host), std::move(port), timeout);
}

Result<Observed> Deployment::get(const std::string& path) const {
  return exchange(false, path, {});
}

Result<Observed> Deployment::post(const std::string& path, const boost::json::value& body) const {
  return exchange(true, path, boost::json::serialize(body));
}

Result<Observed> Deployment::exchange(bool is_post, const std::string& path,
                                      std::string body) const {
  Request request(is_post ? http::verb::post : http::verb::get, path, 11, std::move(body));
  request.set(http::field::host, host_);
  request.set(http::field::connection, "close");
  if (is_post) request.set(http::field::content_type, "application/json");
  request.prepare_payload();

  Parser parser;
  parser.body_limit(kAnswerBytesMax);
  asio::io_context loop(1);
  std::exception_ptr thrown;
  const auto started = std::chrono::steady_clock::now();
  asio::co_spawn(loop, talk(host_, port_, timeout_, request, parser),
                 [&](std::exception_ptr exception) { thrown = std::move(exception); });
  loop.run();
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const std::exception& exception) {
    return Error{"ask " + host_ + ":" + port_, 0, exception.what()};
  }
  return Observed{parser.get().result_int(), parse_or_null(parser.get().body()),
                  std::chrono::steady_clock::now() - started};
}

}  // namespace forkjail::attack
