#include "attack_program/tls_transport.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <stdexcept>

namespace forkjail::attack {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Stream = beast::ssl_stream<beast::tcp_stream>;

bool is_address(const std::string& host) {
  boost::system::error_code ec;
  asio::ip::make_address(host, ec);
  return !ec;
}

// The name that the certificate must be for, and that a server of many names is asked for.
void expect_peer(SSL* ssl, std::string host) {
  const bool address = is_address(host);
  const int named = address ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str())
                            : SSL_set1_host(ssl, host.c_str());
  if (named != 1) throw std::runtime_error("no certificate can be issued for " + host);
  // SSL_set_tlsext_host_name(), which is a macro with a cast of the old style.
  if (!address) {
    SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
  }
}

// Why the peer is not trusted, in OpenSSL's words; empty where the certificate is not the matter.
std::string distrust(SSL* ssl) {
  const long code = SSL_get_verify_result(ssl);
  return code == X509_V_OK ? "" : X509_verify_cert_error_string(code);
}

asio::awaitable<void> shake_hands(Stream& stream) {
  std::string why;
  try {
    co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
    co_return;
  } catch (const std::exception&) {
    why = distrust(stream.native_handle());
    if (why.empty()) throw;
  }
  throw std::runtime_error("its certificate is not trusted: " + why +
                           " (--ca-file sets another authority)");
}

}  // namespace

Result<std::shared_ptr<const http_client::Transport>> TlsTransport::make(
    const TlsOptions& options) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  if (SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION) != 1) {
    return Error{"TLS", 0, "TLS 1.2 is not available"};
  }
  context.set_verify_mode(options.insecure ? asio::ssl::verify_none : asio::ssl::verify_peer);
  boost::system::error_code ec;
  if (options.ca_file.empty()) {
    context.set_default_verify_paths(ec);
  } else {
    context.load_verify_file(options.ca_file, ec);
  }
  if (ec) return Error{"--ca-file " + options.ca_file, 0, ec.message()};
  return std::shared_ptr<const http_client::Transport>(new TlsTransport(std::move(context)));
}

asio::awaitable<void> TlsTransport::exchange(const http_client::Url& url,
                                             std::chrono::milliseconds timeout,
                                             const http_client::HttpRequest& request,
                                             http_client::HttpParser& parser) const {
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses = co_await resolver.async_resolve(url.host, url.port, asio::use_awaitable);
  Stream stream(executor, context_);
  expect_peer(stream.native_handle(), url.host);
  auto& connection = beast::get_lowest_layer(stream);
  connection.expires_after(timeout);
  co_await connection.async_connect(addresses, asio::use_awaitable);
  co_await shake_hands(stream);
  co_await beast::http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await beast::http::async_read(stream, buffer, parser, asio::use_awaitable);
}

}  // namespace forkjail::attack
