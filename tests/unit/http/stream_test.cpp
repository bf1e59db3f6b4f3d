// Answers that are sent while they are made, to clients that read, read late, or leave.
#include "http/stream.h"

#include <gmock/gmock.h>

#include "unit/http/http_fixture.h"

namespace forkjail::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /made HTTP/1.1\r\nHost: x\r\n\r\n";

// The pieces of a chunked body, joined, and what comes behind it.
struct Unchunked {
  std::string body;
  std::string rest;
  bool whole = false;
};
Unchunked unchunk(std::string_view text) {
  Unchunked result;
  text.remove_prefix(text.find("\r\n\r\n") + 4);
  while (!text.empty()) {
    const std::size_t size = std::stoul(std::string(text.substr(0, 16)), nullptr, 16);
    text.remove_prefix(text.find("\r\n") + 2);
    if (size > text.size()) return result;
    result.body += text.substr(0, size);
    EXPECT_EQ(text.substr(size, 2), "\r\n");
    text.remove_prefix(size + 2);
    if (size > 0) continue;
    result.whole = true;
    result.rest = text;
    break;
  }
  return result;
}

class StreamTest : public HttpTest {
 protected:
  explicit StreamTest(const Limits& chosen = quick_limits()) : HttpTest(chosen) {
    maker = [this](Exchange& exchange) { return stream_until_told(exchange); };
  }

  // Sends "one", then what `feed` sends in each turn, until `over`; then the last piece.
  Task<Response> stream_until_told(Exchange& exchange) {
    Response response;
    response.content_type = "text/event-stream";
    response.headers.push_back({"X-A", "b"});
    const auto listening = exchange.interruption.listen([&](InterruptReason reason) {
      interrupted = reason;
      over = true;
    });
    exchange.stream.on_room([this] { ++rooms; });
    exchange.stream.begin(response);
    exchange.stream.send("one");
    Timer timer(loop.get_executor());
    while (!over) {
      if (feed) feed(exchange.stream);
      timer.expires_after(1ms);
      co_await timer.async_wait(use_task);
    }
    if (throws) throw std::runtime_error("a bug");
    exchange.stream.finish_with(last);
    response.after_answer = AfterAnswer([this] { ended = true; });
    co_return response;
  }

  UniqueFd ask(std::string_view request = kGet) {
    UniqueFd client = connect(kSmallWindow);
    send(client, request);
    return client;
  }

  // Sends as much as there is room for, within reason, and notes what.
  void fill(Stream& stream) {
    for (int i = 0; i < 100 && stream.has_room(); ++i) {
      stream.send(std::string(1'000, 'x'));
      filled += 1'000;
    }
  }

  std::function<void(Stream&)> feed;
  std::string last = "three";
  std::size_t filled = 0;
  int rooms = 0;
  bool over = false;
  bool ended = false;
  bool throws = false;
};

TEST_F(StreamTest, HeadAndPiecesComeBeforeTheAnswerIsWhole) {
  const UniqueFd client = ask();
  const std::string start = receive(client);
  EXPECT_THAT(start, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                                "Transfer-Encoding: chunked\r\n"));
  EXPECT_THAT(start, HasSubstr("\r\nX-A: b\r\n"));
  EXPECT_THAT(start, HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_THAT(start, Not(HasSubstr("Content-Length")));
  EXPECT_THAT(start, EndsWith("\r\n\r\n3\r\none\r\n"));
  EXPECT_FALSE(ended);
  over = true;
  EXPECT_EQ(receive(client), "5\r\nthree\r\n0\r\n\r\n");
  EXPECT_TRUE(ended);
  EXPECT_EQ(counters.responses().at(1), 1U);
}

TEST_F(StreamTest, TheConnectionGoesOnBehindIt) {
  last.clear();
  const UniqueFd client = ask(std::string(kGet) + "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string start = receive(client);
  EXPECT_THAT(start, Not(HasSubstr("\"\"")));
  over = true;
  const Unchunked answer = unchunk(start + receive(client));
  EXPECT_EQ(answer.body, "one");
  EXPECT_THAT(answer.rest, StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(StreamTest, AnOldClientGetsBareBytesAndTheEndOfTheConnection) {
  over = true;
  const UniqueFd client = ask("GET /made HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const std::string reply = receive(client);
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, Not(HasSubstr("Transfer-Encoding")));
  EXPECT_THAT(reply, EndsWith("\r\n\r\nonethree<closed>"));
}

TEST_F(StreamTest, HeadGetsTheHeadOnly) {
  over = true;
  const UniqueFd client = ask("HEAD /made HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(receive(client), EndsWith("\r\n\r\n"));
}

TEST_F(StreamTest, OneThatBreaksOffHasNoEnd) {
  throws = true;
  over = true;
  const UniqueFd client = ask();
  const std::string reply = receive(client);
  EXPECT_THAT(reply, EndsWith("3\r\none\r\n<closed>"));
}

TEST_F(StreamTest, KeepsLittleForAClientThatDoesNotReadAndAllOfIt) {
  feed = [this](Stream& stream) { fill(stream); };
  const UniqueFd client = ask();
  run_until(loop, [this] { return registry.answer_bytes() >= limits.stream_buffer_bytes; });
  loop.restart();
  loop.run_for(50ms);
  const std::size_t taken = filled;
  EXPECT_EQ(rooms, 0);
  EXPECT_GE(registry.answer_bytes(), limits.stream_buffer_bytes);
  EXPECT_LE(registry.answer_bytes(), 4 * limits.stream_buffer_bytes);
  over = true;
  const Unchunked answer = unchunk(receive(client));
  EXPECT_EQ(answer.body, "one" + std::string(filled, 'x') + "three");
  EXPECT_EQ(filled, taken);
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(registry.answer_bytes(), 0U);
}

TEST_F(StreamTest, ReportsThatThereIsRoomAgain) {
  feed = [this](Stream& stream) { fill(stream); };
  const UniqueFd client = ask();
  run_until(loop, [this] { return registry.answer_bytes() >= limits.stream_buffer_bytes; });
  feed = nullptr;
  std::string text;
  run_until(loop, [&] {
    receive_some(client, text);
    return rooms > 0;
  });
  EXPECT_EQ(rooms, 1);
  over = true;
  EXPECT_TRUE(unchunk(text + receive(client)).whole);
}

TEST_F(StreamTest, NoticesAClientThatLeaves) {
  UniqueFd client = ask();
  receive(client);
  client.reset();
  run_until(loop, [this] { return interrupted.has_value(); });
  EXPECT_EQ(interrupted, InterruptReason::client_gone);
  run_until(loop, [this] { return registry.size() == 0; });
}

TEST_F(StreamTest, NoticesAClientThatLeavesWhileMuchIsSent) {
  feed = [this](Stream& stream) { fill(stream); };
  UniqueFd client = ask();
  run_until(loop, [this] { return registry.answer_bytes() > 0; });
  client.reset();
  run_until(loop, [this] { return interrupted.has_value(); });
  EXPECT_EQ(interrupted, InterruptReason::client_gone);
  run_until(loop, [this] { return registry.size() == 0; });
  EXPECT_EQ(registry.answer_bytes(), 0U);
}

TEST_F(StreamTest, EndsInOrderWhileTheServiceDrains) {
  const UniqueFd client = ask();
  const std::string start = receive(client);
  registry.drain();
  EXPECT_EQ(receive(client), "");
  registry.interrupt_all(InterruptReason::shutdown);
  const Unchunked answer = unchunk(start + receive(client));
  EXPECT_EQ(interrupted, InterruptReason::shutdown);
  EXPECT_TRUE(answer.whole);
  EXPECT_EQ(answer.rest, "<closed>");
}

struct Stalling : StreamTest {
  Stalling() : StreamTest(impatient()) {}
  static Limits impatient() {
    Limits limits = quick_limits();
    limits.stream_stall_time_max = 100ms;
    return limits;
  }
};

TEST_F(Stalling, ClosesOneOfWhichNothingIsTaken) {
  feed = [this](Stream& stream) { fill(stream); };
  const UniqueFd client = ask();
  run_until(loop, [this] { return interrupted.has_value(); });
  EXPECT_EQ(interrupted, InterruptReason::client_gone);
  run_until(loop, [this] { return registry.size() == 0; });
}

TEST_F(Stalling, SilenceIsNoStall) {
  const UniqueFd client = ask();
  receive(client, 600ms);
  EXPECT_FALSE(interrupted);
  over = true;
  EXPECT_THAT(receive(client), EndsWith("0\r\n\r\n"));
}

}  // namespace
}  // namespace forkjail::http
