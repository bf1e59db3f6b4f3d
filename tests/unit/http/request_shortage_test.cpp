// Requests that come when something runs short: connections, memory for bodies and answers,
// patience.
#include <gmock/gmock.h>

#include "unit/http/http_fixture.h"

namespace forkjail::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

struct Crowded : HttpTest {
  Crowded() : HttpTest(crowded_limits()) {}

  static Limits crowded_limits() {
    Limits limits;
    limits.connections_max = 2;
    limits.kept_back_max = 2;
    limits.kept_back_busy_max = 1;
    limits.waiting_time_min = 10s;  // none gives way
    limits.kept_back_waiting_time_min = 10s;
    limits.kept_back_time_max = 300ms;
    return limits;
  }

  UniqueFd connect_and_wait(std::string_view text = "") {
    UniqueFd client = connect();
    if (!text.empty()) send(client, text);
    loop.restart();
    loop.run_for(20ms);
    return client;
  }
};

TEST_F(Crowded, AnswersStatusOnAKeptBackSeatAndClosesIt) {
  const UniqueFd first = connect_and_wait("GET /hello HT");
  const UniqueFd second = connect_and_wait("GET /hello HT");
  const std::string reply = exchange("GET /status HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, HasSubstr("<closed>"));
}

TEST_F(Crowded, AnswersAFewOtherRequestsThereToo) {
  const UniqueFd first = connect_and_wait("GET /hello HT");
  const UniqueFd second = connect_and_wait("GET /hello HT");
  const UniqueFd busy = connect_and_wait("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string refused = exchange(post("Content-Length: 2\r\n", "hi"));
  EXPECT_THAT(refused, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(refused, HasSubstr("\r\nRetry-After: 1\r\n"));
  EXPECT_THAT(refused, HasSubstr("too many connections"));
  EXPECT_EQ(counters.refusals(Shortage::connections), 1U);
  EXPECT_THAT(exchange("GET /status HTTP/1.1\r\nHost: x\r\n\r\n"), HasSubstr(" 200 "));
}

TEST_F(Crowded, GivesLittleTimeOnAKeptBackSeat) {
  const UniqueFd first = connect_and_wait("GET /hello HT");
  const UniqueFd second = connect_and_wait("GET /hello HT");
  const UniqueFd slow = connect_and_wait("GET /status HT");
  EXPECT_THAT(receive(slow, 1s), HasSubstr(" 408 "));
  EXPECT_EQ(receive(first), "");
}

struct FewBytes : HttpTest {
  FewBytes() : HttpTest(few_bytes()) {}

  static Limits few_bytes() {
    Limits limits;
    limits.body_bytes_free = 1'000;
    limits.bodies_bytes_max = 100'000;
    limits.answers_bytes_max = kLargeBytes + kLargeBytes / 2;
    return limits;
  }

  UniqueFd ask_for_much() {
    UniqueFd client = connect();
    send(client, "GET /large HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.restart();
    loop.run_for(50ms);
    return client;
  }
};

TEST_F(FewBytes, AnUnreadAnswerMakesRoomForTheNext) {
  const UniqueFd silent = ask_for_much();
  EXPECT_GE(registry.answer_bytes(), kLargeBytes);
  const UniqueFd reader = ask_for_much();
  EXPECT_EQ(registry.gave_way(GaveWay::unread_answers), 1U);
  EXPECT_LT(registry.answer_bytes(), 2 * kLargeBytes);
  EXPECT_GE(receive(reader).size(), kLargeBytes);
  EXPECT_EQ(registry.answer_bytes(), 0U);
  // Of the other nothing is kept: neither here nor in the kernel.
  std::array<char, 64 * kKiB> buffer;
  ssize_t n = 0;
  while ((n = ::recv(silent.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
  }
  EXPECT_EQ(n, -1);
  EXPECT_EQ(errno, ECONNRESET);
}

TEST_F(FewBytes, BodiesCountWhenTheyComeAndNotBefore) {
  std::vector<UniqueFd> announced;
  for (int i = 0; i < 20; ++i) {
    announced.push_back(connect());
    send(announced.back(), i % 2 == 0 ? post("Transfer-Encoding: chunked\r\n", "")
                                      : post("Content-Length: 90000\r\n", "x"));
  }
  const std::string body(80'000, 'y');
  EXPECT_THAT(exchange(post("Content-Length: 80000\r\n", body)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(
      exchange(post("Transfer-Encoding: chunked\r\n", "13880\r\n" + body + "\r\n0\r\n\r\n")),
      StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(registry.body_bytes(), 0U);
}

TEST_F(FewBytes, RefusesABodyThatMakesAllTooLarge) {
  const UniqueFd first = connect();
  send(first, post("Content-Length: 90000\r\n", std::string(80'000, 'x')));
  const std::string reply = exchange(post("Content-Length: 90000\r\n", std::string(50'000, 'y')));
  EXPECT_THAT(reply, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(reply, HasSubstr("too many large requests"));
  EXPECT_EQ(counters.refusals(Shortage::large_bodies), 1U);
  send(first, std::string(10'000, 'x'));
  EXPECT_THAT(receive(first), StartsWith("HTTP/1.1 200 "));
}

struct Paced : HttpTest {
  Paced() : HttpTest(paced()) {}
  static Limits paced() {
    Limits limits = quick_limits();
    limits.body_time_max = 60s;
    limits.pace_time_max = 200ms;
    return limits;
  }
};

TEST_F(Paced, EndsABodyThatComesByTheByte) {
  const UniqueFd client = connect();
  send(client, post("Content-Length: 1000\r\n", ""));
  std::string reply;
  for (int i = 0; i < 40 && reply.empty(); ++i) {
    send(client, "x");
    reply = receive(client, 20ms);
  }
  EXPECT_THAT(reply, HasSubstr(" 408 "));
}

}  // namespace
}  // namespace forkjail::http
