// Raw HTTP against a listening server with two routes: what a library would never send.
#include "server/http_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "base/unique_fd.h"
#include "server/listener.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HttpSessionTest : public testing::Test {
 protected:
  HttpSessionTest() {
    spdlog::set_level(spdlog::level::off);
    asio::co_spawn(loop, listener.accept(context), asio::detached);
  }
  ~HttpSessionTest() override { loop.destroy_pending(); }

  [[nodiscard]] UniqueFd connect() const {
    UniqueFd client(::socket(AF_INET, SOCK_STREAM, 0));
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

  std::string exchange(std::string_view request) {
    const UniqueFd client = connect();
    send(client, request);
    return receive(client);
  }

  static HttpLimits quick_limits() {
    HttpLimits limits;
    limits.header_time_max = 100ms;
    limits.body_time_max = 100ms;
    limits.linger_time_max = 100ms;
    return limits;
  }

  static Task<HttpResponse> echo(Exchange& exchange) {
    HttpResponse response;
    response.body = "\"" + exchange.request.body + "\"";
    co_return response;
  }

  Task<HttpResponse> wait_for_interruption(Exchange& exchange) {
    Timer timer(loop.get_executor(), 5s);
    const auto listening = exchange.interruption.listen([&](InterruptReason reason) {
      interrupted = reason;
      timer.cancel();
    });
    co_await timer.async_wait(use_task);
    co_return error_response(503, "interrupted", ErrorShape::plain);
  }

  Loop loop;
  HttpLimits limits = quick_limits();
  Router router{{
      {"POST", "/echo", true, ErrorShape::with_stdout, &echo},
      {"GET", "/hello", false, ErrorShape::plain, &echo},
      {"GET", "/wait", false, ErrorShape::plain,
       [this](Exchange& e) { return wait_for_interruption(e); }},
  }};
  SessionRegistry registry{loop.get_executor(), limits};
  Metrics metrics;
  HttpContext context{router, registry, limits, metrics};
  Listener listener = *Listener::open(loop.get_executor(), "127.0.0.1", 0);
  std::optional<InterruptReason> interrupted;
};

std::string post(std::string_view headers, std::string_view body) {
  return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" +
         std::string(headers) + "\r\n" + std::string(body);
}

TEST_F(HttpSessionTest, AnswersAndKeepsTheConnection) {
  const UniqueFd client = connect();
  for (int i = 0; i < 2; ++i) {
    send(client, post("Content-Length: 2\r\n", "hi"));
    const std::string reply = receive(client);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(reply.ends_with("\r\n\r\n\"hi\"")) << reply;
  }
}

TEST_F(HttpSessionTest, AnswersPipelinedRequestsInOrder) {
  std::string requests;
  for (int i = 0; i < 1'000; ++i) {
    const std::string body = std::to_string(i);
    requests += post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
  }
  const std::string reply = exchange(requests);
  std::size_t at = 0;
  for (int i = 0; i < 1'000; ++i) {
    at = reply.find("\"" + std::to_string(i) + "\"", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(HttpSessionTest, TakesAChunkedBody) {
  EXPECT_THAT(
      exchange(post("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n")),
      HasSubstr("\"abc\""));
}

TEST_F(HttpSessionTest, AnswersHeadWithoutABody) {
  const std::string reply = exchange("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(reply, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_TRUE(reply.ends_with("\r\n\r\n"));
}

TEST_F(HttpSessionTest, TakesTargetsWithQueriesAndInAbsoluteForm) {
  EXPECT_THAT(exchange("GET /hello?a=b HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 200 "));
  EXPECT_THAT(exchange("GET http://x/hello HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 200 "));
}

TEST_F(HttpSessionTest, RefusesWhatTwoReadersCouldReadDifferently) {
  for (const std::string& request :
       {post("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: gzip\r\nContent-Length: 2\r\n", "hi"),
        post("Transfer-Encoding: gzip\r\n", ""),
        post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        post("Content-Length: 2\r\nContent-Length: 3\r\n", "hix"),
        post("Content-Length: 2\r\nContent-Length: 2\r\n", "hi"),
        post("Content-Length: 2, 2\r\n", "hi"),
        post("Content-Length: -1\r\n", "hi"),
        post("Content-Length: +2\r\n", "hi"),
        post("Content-Length: 0x2\r\n", "hi"),
        post("Content-Length: 99999999999999999999\r\n", "hi"),
        post("Content-Length : 2\r\n", "hi"),
        post("Transfer-Encoding: chunked\r\n", "zz\r\n"),
        post("Transfer-Encoding: chunked\r\n", "-1\r\n"),
        post("Transfer-Encoding: chunked\r\n", "1ffffffffffffffff\r\n"),
        post("Transfer-Encoding: chunked\r\n",
             "1;" + std::string(5'000, 'x') + "\r\na\r\n0\r\n\r\n"),
        std::string("POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        std::string("GET /hello HTTP/1.1\r\n\r\n"),
        std::string("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
        std::string("nonsense\r\n\r\n")}) {
    const std::string reply = exchange(request);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 4")) << request;
    EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n")) << request;
    EXPECT_THAT(reply, HasSubstr("{\"error\":\"")) << request;
  }
}

TEST_F(HttpSessionTest, NamesTheLimitThatWasExceeded) {
  EXPECT_THAT(exchange("GET /" + std::string(20'000, 'x')), HasSubstr(" 414 "));
  EXPECT_THAT(exchange("GET /" + std::string(9'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr(" 414 "));
  EXPECT_THAT(exchange("GET /hello HTTP/1.1\r\nHost: x\r\nA: " + std::string(20'000, 'x')),
              HasSubstr(" 431 "));
  std::string fields;
  for (int i = 0; i < 200; ++i) fields += "A" + std::to_string(i) + ": 1\r\n";
  EXPECT_THAT(exchange("GET /hello HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n"), HasSubstr(" 431 "));
  const std::string large = exchange(post("Content-Length: 10485761\r\n", "x"));
  EXPECT_THAT(large, HasSubstr(" 413 "));
  EXPECT_THAT(exchange(post("Transfer-Encoding: chunked\r\n", "a00001\r\nx")), HasSubstr(" 413 "));
}

TEST_F(HttpSessionTest, ErrorsKeepTheShapeOfTheirPath) {
  EXPECT_THAT(exchange("GET /none HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 404 "));
  const std::string wrong_method = exchange("DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(wrong_method, HasSubstr(" 405 "));
  EXPECT_THAT(wrong_method, HasSubstr("\r\nAllow: POST\r\n"));
  EXPECT_THAT(wrong_method, HasSubstr(",\"stdout\":\"\"}"));
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"),
              HasSubstr(" 415 "));
  EXPECT_THAT(exchange(post("Content-Length: 2\r\nExpect: tea\r\n", "hi")), HasSubstr(" 417 "));
}

TEST_F(HttpSessionTest, AnswersSlowHeadersAndBodiesWith408) {
  const UniqueFd slow_header = connect();
  send(slow_header, "GET /hello HT");
  const UniqueFd slow_body = connect();
  send(slow_body, post("Content-Length: 5\r\n", "ab"));
  EXPECT_THAT(receive(slow_header, 1s), HasSubstr(" 408 "));
  EXPECT_THAT(receive(slow_body, 1s), HasSubstr(" 408 "));
}

TEST_F(HttpSessionTest, WelcomesABodyThatWaitsToBeWelcomed) {
  const UniqueFd client = connect();
  send(client, post("Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
  EXPECT_THAT(receive(client), StartsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  send(client, "hi");
  EXPECT_THAT(receive(client), HasSubstr("\"hi\""));
}

TEST_F(HttpSessionTest, NoticesAClientThatLeavesWhileItIsAnswered) {
  UniqueFd client = connect();
  send(client, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  receive(client);
  EXPECT_FALSE(interrupted);
  client.reset();
  loop.restart();
  loop.run_for(600ms);
  EXPECT_EQ(interrupted, InterruptReason::client_gone);
  EXPECT_EQ(registry.size(), 0U);
}

TEST_F(HttpSessionTest, NoticesAClientThatLeavesBehindPipelinedBytes) {
  UniqueFd client = connect();
  send(client, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\n");
  receive(client);
  client.reset();
  loop.restart();
  loop.run_for(600ms);
  EXPECT_EQ(interrupted, InterruptReason::client_gone);
}

TEST_F(HttpSessionTest, DrainClosesIdleConnectionsAndEndsTheOthersWithTheirAnswer) {
  const UniqueFd idle = connect();
  send(idle, post("Content-Length: 2\r\n", "hi"));
  EXPECT_THAT(receive(idle), Not(HasSubstr("<closed>")));
  const UniqueFd busy = connect();
  send(busy, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  receive(busy);
  registry.drain();
  EXPECT_EQ(receive(idle), "<closed>");
  registry.interrupt_all(InterruptReason::shutdown);
  const std::string reply = receive(busy);
  EXPECT_THAT(reply, HasSubstr(" 503 "));
  EXPECT_THAT(reply, HasSubstr("<closed>"));
}

}  // namespace
}  // namespace forkjail::server
