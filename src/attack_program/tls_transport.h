// Requests to a deployment over TLS, the peer's certificate verified. Only `forkjail-attack` links
// it: server and supervisor have no TLS of their own.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "base/result.h"
#include "http_client/transport.h"

namespace forkjail::attack {

struct TlsOptions {
  std::string ca_file;    // PEM, instead of the system's authorities; empty: those
  bool insecure = false;  // accepts any certificate: only on a trusted network
};

class TlsTransport final : public http_client::Transport {
 public:
  static Result<std::shared_ptr<const http_client::Transport>> make(const TlsOptions& options);

  boost::asio::awaitable<void> exchange(const http_client::Url& url,
                                        std::chrono::milliseconds timeout,
                                        const http_client::HttpRequest& request,
                                        http_client::HttpParser& parser) const override;

 private:
  explicit TlsTransport(boost::asio::ssl::context context) : context_(std::move(context)) {}

  // Not const for OpenSSL, which counts its uses; no setting is changed.
  mutable boost::asio::ssl::context context_;
};

}  // namespace forkjail::attack
