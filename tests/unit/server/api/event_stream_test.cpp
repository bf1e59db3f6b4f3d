// A run's events on the wire, to clients that read, read late, or leave. The test plays the run.
#include "server/api/event_stream.h"

#include <gmock/gmock.h>

#include "http/error_kind.h"
#include "unit/http/http_fixture.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /made HTTP/1.0\r\n\r\n";  // no chunks between the events

class EventStreamTest : public http::HttpTest {
 protected:
  EventStreamTest() {
    maker = [this](http::Exchange& exchange) { return serve(exchange); };
  }

  // What the handler of /execute does, until the test says that the run is over.
  Task<http::Response> serve(http::Exchange& exchange) {
    const auto listening = exchange.interruption.listen([&](InterruptReason reason) {
      interrupted = reason;
      over = true;
    });
    EventStream stream(exchange.stream, loop.get_executor(), silence_max);
    stream.resume_by([this] { ++resumed; });
    events = &stream;
    Timer timer(loop.get_executor());
    while (!over) {
      timer.expires_after(1ms);
      co_await timer.async_wait(use_task);
    }
    events = nullptr;
    co_return stream.finish(std::move(answer), output);
  }

  UniqueFd ask() {
    UniqueFd client = connect(kSmallWindow);
    send(client, kGet);
    run_until(loop, [this] { return events != nullptr; });
    return client;
  }

  UniqueFd ask_and_begin() {
    UniqueFd client = ask();
    events->on_begin();
    return client;
  }

  static http::Response plain(unsigned status, std::string body) {
    http::Response response;
    response.status = status;
    response.body = std::move(body);
    return response;
  }

  // What a run does that prints without end; how many bytes there was room for.
  std::size_t print_until_full() {
    constexpr std::size_t kMuch = 64 * kMiB;
    std::size_t printed = 0;
    while (printed < kMuch && events->has_room()) {
      events->on_output(OutputStream::out, std::string(1'000, 'x'));
      printed += 1'000;
    }
    return printed;
  }

  std::string finish(const UniqueFd& client) {
    over = true;
    return receive(client);
  }

  std::chrono::milliseconds silence_max = kSilenceMax;
  EventStream* events = nullptr;  // while the run goes on
  http::Response answer = plain(200, R"({"result":1,"stdout":""})");
  RunOutput output;
  bool over = false;
  int resumed = 0;
};

TEST_F(EventStreamTest, BeginsWithTheRunAndEndsWithThePlainAnswer) {
  const UniqueFd client = ask();
  EXPECT_EQ(receive(client), "");
  events->on_begin();
  const std::string head = receive(client);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nX-Accel-Buffering: no\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nCache-Control: no-store\r\n"));
  events->on_output(OutputStream::out, "a\n");
  EXPECT_EQ(receive(client), "event: stdout\ndata: {\"text\":\"a\\n\"}\n\n");
  events->on_output(OutputStream::err, "b");
  EXPECT_EQ(receive(client), "event: stderr\ndata: {\"text\":\"b\"}\n\n");
  events->on_display(R"({"text/plain":"1"})");
  EXPECT_EQ(receive(client), "event: display\ndata: {\"text/plain\":\"1\"}\n\n");
  EXPECT_EQ(finish(client), "event: result\ndata: {\"result\":1,\"stdout\":\"\"}\n\n<closed>");
}

TEST_F(EventStreamTest, ReportsAFailureInItsLastEventNotInItsStatus) {
  const UniqueFd client = ask_and_begin();
  answer = plain(422, R"({"error":"x","stdout":""})");
  http::set_kind(answer, "exception");
  const std::string all = finish(client);
  EXPECT_THAT(all, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(all, EndsWith("event: error\ndata: {\"error\":\"x\",\"stdout\":\"\","
                            "\"kind\":\"exception\"}\n\n<closed>"));
}

TEST_F(EventStreamTest, IsThePlainAnswerIfNoRunBegan) {
  const UniqueFd client = ask();
  answer = plain(503, R"({"error":"the queue is full"})");
  http::set_kind(answer, "queue_full");
  const std::string all = finish(client);
  EXPECT_THAT(all, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(all, HasSubstr("\r\nContent-Type: application/json\r\n"));
  EXPECT_THAT(all, EndsWith("\r\n\r\n{\"error\":\"the queue is full\"}<closed>"));
}

TEST_F(EventStreamTest, JoinsACharacterThatWasWrittenInTwoParts) {
  const UniqueFd client = ask_and_begin();
  receive(client);
  events->on_output(OutputStream::out, "\xC3");
  EXPECT_EQ(receive(client), "");
  events->on_output(OutputStream::err, "e");  // of its own
  events->on_output(OutputStream::out, "\xA9");
  const std::string pieces = receive(client);
  EXPECT_THAT(pieces, HasSubstr("stderr\ndata: {\"text\":\"e\"}"));
  EXPECT_THAT(pieces, HasSubstr("stdout\ndata: {\"text\":\"\xC3\xA9\"}"));
}

TEST_F(EventStreamTest, SendsHalfACharacterAtTheEndUnlessOutputWasDropped) {
  for (const bool truncated : {false, true}) {
    over = false;
    output.out.truncated = truncated;
    const UniqueFd client = ask_and_begin();
    events->on_output(OutputStream::out, "\xC3");
    const std::string all = finish(client);
    EXPECT_EQ(all.find("event: stdout") == std::string::npos, truncated) << all;
  }
}

TEST_F(EventStreamTest, SendsACommentInSilenceAgainAndAgain) {
  silence_max = 20ms;
  const UniqueFd client = ask_and_begin();
  std::string text = receive(client, 10ms);
  run_until(loop, [&] {
    receive_some(client, text);
    return text.ends_with(": \n\n: \n\n");
  });
  EXPECT_THAT(finish(client),
              EndsWith("event: result\ndata: {\"result\":1,\"stdout\":\"\"}\n\n<closed>"));
}

TEST_F(EventStreamTest, SendsNoCommentWhileSomethingWaitsForTheClient) {
  silence_max = 10ms;
  const UniqueFd client = ask_and_begin();
  print_until_full();
  loop.restart();
  loop.run_for(100ms);
  EXPECT_THAT(finish(client), Not(HasSubstr("\n: \n\n")));
}

TEST_F(EventStreamTest, HasNoRoomBeyondABoundedBufferAndLosesNothing) {
  const UniqueFd client = ask_and_begin();
  const std::size_t printed = print_until_full();
  EXPECT_FALSE(events->has_room());
  EXPECT_GE(registry.answer_bytes(), limits.stream_buffer_bytes);
  EXPECT_LE(registry.answer_bytes(), 4 * limits.stream_buffer_bytes);
  loop.restart();
  loop.run_for(50ms);
  EXPECT_FALSE(events->has_room());
  EXPECT_EQ(resumed, 0);
  const std::string all = finish(client);
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(all.substr(all.find("\r\n\r\n")), 'x')),
            printed + (printed / 1'000));  // each "text" has one, too
  EXPECT_THAT(all, EndsWith("<closed>"));
  EXPECT_EQ(registry.answer_bytes(), 0U);
}

TEST_F(EventStreamTest, ResumesTheRunOnceTheClientHasRead) {
  const UniqueFd client = ask_and_begin();
  print_until_full();
  std::string text;
  run_until(loop, [&] {
    receive_some(client, text);
    return resumed > 0;
  });
  EXPECT_TRUE(events->has_room());
  EXPECT_EQ(resumed, 1);
  events->on_output(OutputStream::out, "more");
  EXPECT_THAT(finish(client), HasSubstr("{\"text\":\"more\"}"));
}

TEST_F(EventStreamTest, EndsTheRunWhenTheClientCloses) {
  for (const bool much : {false, true}) {
    over = false;
    interrupted.reset();
    UniqueFd client = ask_and_begin();
    if (much) print_until_full();
    client.reset();
    run_until(loop, [this] { return interrupted.has_value(); });
    EXPECT_EQ(interrupted, InterruptReason::client_gone);
    run_until(loop, [this] { return registry.size() == 0; });
    EXPECT_EQ(registry.answer_bytes(), 0U);
  }
}

}  // namespace
}  // namespace forkjail::server
