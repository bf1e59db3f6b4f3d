// How one request travels to a deployment and its answer back, over a connection of its own: what
// is done to a connection must not meet the next request. Plain TCP here; TLS is in
// src/attack_program/, so that the service's own binary has none of it.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>

#include "http_client/url.h"

namespace forkjail::http_client {

using HttpRequest = boost::beast::http::request<boost::beast::http::string_body>;
using HttpParser = boost::beast::http::response_parser<boost::beast::http::string_body>;

class Transport {
 public:
  virtual ~Transport() = default;

  // Throws where there is no answer within `timeout`.
  virtual boost::asio::awaitable<void> exchange(const Url& url, std::chrono::milliseconds timeout,
                                                const HttpRequest& request,
                                                HttpParser& parser) const = 0;
};

class PlainTransport final : public Transport {
 public:
  boost::asio::awaitable<void> exchange(const Url& url, std::chrono::milliseconds timeout,
                                        const HttpRequest& request,
                                        HttpParser& parser) const override;
};

}  // namespace forkjail::http_client
