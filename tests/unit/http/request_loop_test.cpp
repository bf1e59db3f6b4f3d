// Raw HTTP against a listening server with two routes: what a library would never send.
#include "http/request_loop.h"

#include <gmock/gmock.h>

#include "unit/http/http_fixture.h"

namespace forkjail::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using RequestLoopTest = HttpTest;

TEST_F(RequestLoopTest, AnswersAndKeepsTheConnection) {
  const UniqueFd client = connect();
  for (int i = 0; i < 2; ++i) {
    send(client, post("Content-Length: 2\r\n", "hi"));
    const std::string reply = receive(client);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_TRUE(reply.ends_with("\r\n\r\n\"hi\"")) << reply;
  }
}

TEST_F(RequestLoopTest, AnswersPipelinedRequestsInOrder) {
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

TEST_F(RequestLoopTest, TakesAChunkedBody) {
  EXPECT_THAT(
      exchange(post("Transfer-Encoding: chunked\r\n", "2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n")),
      HasSubstr("\"abc\""));
}

TEST_F(RequestLoopTest, AnswersHeadWithoutABody) {
  const std::string reply = exchange("HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(reply, HasSubstr("Content-Length: 2\r\n"));
  EXPECT_TRUE(reply.ends_with("\r\n\r\n"));
}

TEST_F(RequestLoopTest, TakesTargetsWithQueriesAndInAbsoluteForm) {
  EXPECT_THAT(exchange("GET /hello?a=b HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 200 "));
  EXPECT_THAT(exchange("GET http://x/hello HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 200 "));
}

TEST_F(RequestLoopTest, RefusesWhatTwoReadersCouldReadDifferently) {
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

TEST_F(RequestLoopTest, NamesTheLimitThatWasExceeded) {
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

TEST_F(RequestLoopTest, ErrorsKeepTheShapeOfTheirPath) {
  EXPECT_THAT(exchange("GET /none HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 404 "));
  const std::string wrong_method = exchange("DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(wrong_method, HasSubstr(" 405 "));
  EXPECT_THAT(wrong_method, HasSubstr("\r\nAllow: POST\r\n"));
  EXPECT_THAT(wrong_method, HasSubstr(",\"kind\":\"k\"}"));
  EXPECT_THAT(exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi"),
              HasSubstr(" 415 "));
  EXPECT_THAT(exchange(post("Content-Length: 2\r\nExpect: tea\r\n", "hi")), HasSubstr(" 417 "));
}

TEST_F(RequestLoopTest, AnswersSlowHeadersAndBodiesWith408) {
  const UniqueFd slow_header = connect();
  send(slow_header, "GET /hello HT");
  const UniqueFd slow_body = connect();
  send(slow_body, post("Content-Length: 5\r\n", "ab"));
  EXPECT_THAT(receive(slow_header, 1s), HasSubstr(" 408 "));
  EXPECT_THAT(receive(slow_body, 1s), HasSubstr(" 408 "));
}

TEST_F(RequestLoopTest, DrainClosesHalfSentHeadersAndAnswersHalfSentBodiesAtOnce) {
  const UniqueFd half_a_header = connect();
  send(half_a_header, "GET /hello HT");
  const UniqueFd half_a_body = connect();
  send(half_a_body, post("Content-Length: 5\r\n", "ab"));
  loop.run_for(20ms);
  registry.drain();
  const auto started = Clock::now();
  EXPECT_EQ(receive(half_a_header), "<closed>");
  const std::string reply = receive(half_a_body);
  EXPECT_THAT(reply, HasSubstr(" 503 "));
  EXPECT_THAT(reply, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(reply, HasSubstr("the service is shutting down"));
  EXPECT_LT(Clock::now() - started, 5s);
  EXPECT_EQ(counters.refusals(Shortage::draining), 1U);
}

TEST_F(RequestLoopTest, WelcomesABodyThatWaitsToBeWelcomed) {
  const UniqueFd client = connect();
  send(client, post("Content-Length: 2\r\nExpect: 100-continue\r\n", ""));
  EXPECT_THAT(receive(client), StartsWith("HTTP/1.1 100 Continue\r\n\r\n"));
  send(client, "hi");
  EXPECT_THAT(receive(client), HasSubstr("\"hi\""));
}

TEST_F(RequestLoopTest, NoticesAClientThatLeavesWhileItIsAnswered) {
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

TEST_F(RequestLoopTest, NoticesAClientThatLeavesBehindPipelinedBytes) {
  UniqueFd client = connect();
  send(client, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\n");
  receive(client);
  client.reset();
  loop.restart();
  loop.run_for(600ms);
  EXPECT_EQ(interrupted, InterruptReason::client_gone);
}

TEST_F(RequestLoopTest, DrainClosesIdleConnectionsAndEndsTheOthersWithTheirAnswer) {
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

// ---- headers ----

TEST_F(RequestLoopTest, NamesTheRequestIfTheRouteWantsIt) {
  EXPECT_THAT(exchange(post("Content-Length: 2\r\nX-Request-Id: a.B-9_\r\n", "hi")),
              HasSubstr("\r\nX-Request-Id: a.B-9_\r\n"));
  const std::string refused =
      exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(refused, HasSubstr(" 415 "));
  EXPECT_THAT(refused, HasSubstr("\r\nX-Request-Id: "));
  EXPECT_THAT(exchange("GET /hello HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r\n\r\n"),
              Not(HasSubstr("X-Request-Id")));
}

TEST_F(RequestLoopTest, MakesANewNameForEachRequestWithoutAValidOne) {
  const UniqueFd client = connect();
  std::string before;
  for (const char* sent : {"", "X-Request-Id: a b\r\n", "X-Request-Id: a\r\nX-Request-Id: b\r\n"}) {
    send(client, post("Content-Length: 2\r\n" + std::string(sent), "hi"));
    const std::string reply = receive(client);
    const auto at = reply.find("\r\nX-Request-Id: ");
    ASSERT_NE(at, std::string::npos) << reply;
    const std::string id = reply.substr(at + 16, 34);
    EXPECT_TRUE(id.ends_with("\r\n")) << id;
    EXPECT_TRUE(is_request_id(id.substr(0, 32))) << id;
    EXPECT_NE(id, before);
    before = id;
  }
}

TEST_F(RequestLoopTest, HandlersSeeTheHeadersOfTheTable) {
  const std::string reply = exchange(
      "GET /headers HTTP/1.1\r\nHost: x\r\naccept: a/b\r\nAccept: c/d;q=0.5\r\n"
      "x-api-key:  k \r\nX-Forwarded-For: 1\r\nOther: o\r\n\r\n");
  for (const char* const seen : {"Accept=a/b, c/d;q=0.5|", "|X-API-Key=k|", "|Authorization=|",
                                 "|X-Forwarded-For=1|", "|Host=x|", "|Origin=|"}) {
    EXPECT_THAT(reply, HasSubstr(seen));
  }
  EXPECT_THAT(reply, Not(HasSubstr("Other")));
}

TEST_F(RequestLoopTest, RefusesTwoOfWhatHasOneValue) {
  for (const std::string name : {"Authorization", "x-api-key", "Origin", "MCP-Protocol-Version"}) {
    const std::string reply =
        exchange("GET /hello HTTP/1.1\r\nHost: x\r\n" + name + ": a\r\n" + name + ": a\r\n\r\n");
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 ")) << reply;
    EXPECT_THAT(reply, HasSubstr("send one ")) << reply;
  }
}

TEST_F(RequestLoopTest, AHandlerAddsHeadersThatCannotEndTheirLine) {
  EXPECT_THAT(exchange("GET /more-headers HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("\r\nX-A: 1  Set-Cookie: x\r\nX-B: 2\r\n"));
}

// ---- bodies and paths of a route's own ----

std::string put(std::string_view path, std::string_view headers, std::string_view body) {
  return "PUT " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

struct OwnRoutes : RequestLoopTest {
  OwnRoutes() {
    maker = [](Exchange& exchange) -> Task<Response> {
      Response response;
      response.status = 201;
      response.content_type = "application/octet-stream";
      response.body.append(exchange.request.path_parameter("path")).append("=");
      response.body.append(exchange.request.body.size() < 100
                               ? exchange.request.body
                               : std::to_string(exchange.request.body.size()));
      co_return response;
    };
  }
};

TEST_F(OwnRoutes, TakeBytesOfAnyTypeAndTheRestOfThePath) {
  const std::string reply = exchange(put("/files/a%20b/c", "Content-Type: x/y\r\n", "1\xFF"));
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_THAT(reply, HasSubstr("\r\nContent-Type: application/octet-stream\r\n"));
  EXPECT_TRUE(reply.ends_with("\r\n\r\na b/c=1\xFF")) << reply;
}

TEST_F(OwnRoutes, RefuseACompressedBodyAndAPathThatIsNotOne) {
  EXPECT_THAT(exchange(put("/files/a", "Content-Encoding: gzip\r\n", "x")), HasSubstr(" 415 "));
  const std::string reply = exchange(put("/files/a/%2e%2E/b", "", "x"));
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(reply, HasSubstr(",\"kind\":\"k\"}"));
  EXPECT_THAT(exchange(put("/files/", "", "x")), StartsWith("HTTP/1.1 404 "));
}

TEST_F(OwnRoutes, HaveALimitOfTheirOwnAndLeaveThatOfOthers) {
  const std::string more(kBodyBytesMax + 1, 'x');
  const UniqueFd client = connect();
  const std::string request = put("/files/a", "", more);
  std::string reply;
  for (std::size_t at = 0; at < request.size();) {
    const auto n =
        ::send(client.get(), request.data() + at, request.size() - at, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) at += static_cast<std::size_t>(n);
    loop.restart();
    loop.run_for(1ms);
  }
  EXPECT_THAT(receive(client), HasSubstr("a=" + std::to_string(more.size())));
  for (const std::string& framing :
       {"Content-Length: " + std::to_string(kRawBytesMax + 1) + "\r\n\r\n",
        std::string("Transfer-Encoding: chunked\r\n\r\nb00001\r\nx")}) {
    const std::string refused = exchange("PUT /files/a HTTP/1.1\r\nHost: x\r\n" + framing);
    EXPECT_THAT(refused, StartsWith("HTTP/1.1 413 ")) << framing;
    EXPECT_THAT(refused, HasSubstr(std::to_string(kRawBytesMax))) << framing;
  }
  const std::string refused = exchange(post("Content-Length: 10485761\r\n", "x"));
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(refused, HasSubstr("larger than 10485760 bytes\",\"kind\""));
}

TEST_F(OwnRoutes, AnswerWithoutABodyAndKeepTheConnection) {
  const UniqueFd client = connect();
  for (int i = 0; i < 2; ++i) {
    send(client, "DELETE /files/a HTTP/1.1\r\nHost: x\r\n\r\n");
    const std::string reply = receive(client);
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 204 No Content\r\n"));
    EXPECT_THAT(reply, Not(HasSubstr("\r\nContent-")));
    EXPECT_TRUE(reply.ends_with("\r\nConnection: keep-alive\r\n\r\n")) << reply;
  }
  EXPECT_THAT(exchange("GET /files/a HTTP/1.1\r\nHost: x\r\n\r\n"),
              HasSubstr("\r\nAllow: PUT, DELETE\r\n"));
}

}  // namespace
}  // namespace forkjail::http
