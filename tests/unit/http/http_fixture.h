// A listening server with a few routes, and clients that send and receive raw bytes.
#pragma once

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/unique_fd.h"
#include "http/listener.h"
#include "http/request_loop.h"
#include "unit/loop/settle.h"

namespace forkjail::http {

using namespace std::chrono_literals;

class HttpTest : public testing::Test {
 protected:
  explicit HttpTest(const Limits& chosen = quick_limits()) : limits(chosen) {
    spdlog::set_level(spdlog::level::off);
    asio::co_spawn(loop, listener.accept(context), asio::detached);
  }
  ~HttpTest() override { loop.destroy_pending(); }

  // `window_bytes`: what the kernel keeps for a client that does not read; 0: the usual.
  [[nodiscard]] UniqueFd connect(int window_bytes = 0) const {
    UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
    if (window_bytes > 0) {
      ::setsockopt(client.get(), SOL_SOCKET, SO_RCVBUF, &window_bytes, sizeof window_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(listener.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return client;
  }

  static void send(const UniqueFd& client, std::string_view text) {
    EXPECT_EQ(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }

  // Runs the loop until the server closes or falls silent; what came.
  std::string receive(const UniqueFd& client, std::chrono::milliseconds silence = 60ms) {
    std::string text;
    auto quiet_at = Clock::now() + silence;
    while (Clock::now() < quiet_at) {
      loop.restart();
      loop.run_for(2ms);
      std::array<char, 64 * kKiB> buffer;
      const auto n = ::recv(client.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (n == 0) return text + "<closed>";
      if (n < 0) continue;
      text.append(buffer.data(), static_cast<std::size_t>(n));
      quiet_at = Clock::now() + silence;
    }
    return text;
  }

  // Appends to `text` what has come by now.
  static void receive_some(const UniqueFd& client, std::string& text) {
    std::array<char, 64 * kKiB> buffer;
    const auto n = ::recv(client.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0) text.append(buffer.data(), static_cast<std::size_t>(n));
  }

  std::string exchange(std::string_view request) {
    const UniqueFd client = connect();
    send(client, request);
    return receive(client);
  }

  static std::string post(std::string_view headers, std::string_view body) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
  }

  static Limits quick_limits() {
    Limits limits;
    limits.header_time_max = 100ms;
    limits.body_time_max = 100ms;
    limits.linger_time_max = 100ms;
    return limits;
  }

  static Task<Response> echo(Exchange& exchange) {
    Response response;
    response.body = "\"" + exchange.request.body + "\"";
    co_return response;
  }

  Task<Response> wait_for_interruption(Exchange& exchange) {
    Timer timer(loop.get_executor(), 5s);
    const auto listening = exchange.interruption.listen([&](InterruptReason reason) {
      interrupted = reason;
      timer.cancel();
    });
    co_await timer.async_wait(use_task);
    co_return error_response(503, "interrupted");
  }

  static Task<Response> large(Exchange&) {
    Response response;
    response.body = std::string(kLargeBytes, 'x');
    co_return response;
  }

  // A form of errors that no other route has.
  static void error_with_kind(Response& response, std::string_view message) {
    response.body = "{\"error\":\"" + std::string(message) + "\",\"kind\":\"k\"}";
  }

  static Task<Response> list_headers(Exchange& exchange) {
    Response response;
    for (const RequestHeaderRow& row : kRequestHeaders) {
      response.body.append(row.name).append("=");
      response.body.append(exchange.request.headers[row.header]).append("|");
    }
    co_return response;
  }

  static Task<Response> add_headers(Exchange&) {
    Response response;
    response.headers.push_back({"X-A", "1\r\nSet-Cookie: x"});
    response.headers.push_back({"X-B", "2"});
    co_return response;
  }

  // For tests that bring a handler of their own.
  Task<Response> make(Exchange& exchange) { co_return co_await maker(exchange); }

  static constexpr int kSmallWindow = 4 * 1024;
  static constexpr std::size_t kLargeBytes = 4 * kMiB;
  static constexpr std::size_t kRawBytesMax = kBodyBytesMax + kMiB;

  Loop loop;
  const Limits limits;
  Router router{{
      {.method = Method::post,
       .path = "/echo",
       .body = BodyUse::json,
       .errors = &error_with_kind,
       .handler = &echo,
       .has_request_id = true},
      {.path = "/hello", .handler = &echo},
      {.path = "/wait", .handler = [this](Exchange& e) { return wait_for_interruption(e); }},
      {.path = "/large", .handler = &large},
      {.path = "/headers", .handler = &list_headers},
      {.path = "/more-headers", .handler = &add_headers},
      {.path = "/made", .handler = [this](Exchange& e) { return make(e); }},
      {.path = "/status", .handler = &echo, .is_status = true},
      {.method = Method::put,
       .path = "/files/{path...}",
       .body = BodyUse::raw,
       .body_bytes_max = kRawBytesMax,
       .errors = &error_with_kind,
       .handler = [this](Exchange& e) { return make(e); }},
      {.method = Method::remove,
       .path = "/files/{path...}",
       .errors = &error_with_kind,
       .handler = [](Exchange&) -> Task<Response> { co_return empty_response(kNoContent); }},
  }};
  ConnectionRegistry registry{loop.get_executor(), limits};
  Counters counters;
  RequestIds request_ids{{1, 2}};
  ServeContext context{router, registry, limits, counters, request_ids, nullptr};
  Listener listener = *Listener::open(loop.get_executor(), "127.0.0.1", 0);
  std::optional<InterruptReason> interrupted;
  Handler maker;
};

}  // namespace forkjail::http
