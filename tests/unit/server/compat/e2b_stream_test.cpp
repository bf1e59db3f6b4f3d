// A run's lines on the wire. The test plays the run.
#include "server/compat/e2b_stream.h"

#include <gmock/gmock.h>

#include "unit/http/http_fixture.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET /made HTTP/1.0\r\n\r\n";  // no chunks between the lines

class E2bStreamTest : public http::HttpTest {
 protected:
  E2bStreamTest() {
    maker = [this](http::Exchange& exchange) { return serve(exchange); };
  }

  // What the handler does, until the test says that the run is over.
  Task<http::Response> serve(http::Exchange& exchange) {
    const auto listening =
        exchange.interruption.listen([&](InterruptReason) { interrupted = over = true; });
    E2bStream stream(exchange.stream, loop.get_executor(), executions, silence_max);
    stream.announce(announcement);
    events = &stream;
    Timer timer(loop.get_executor());
    while (!over) {
      timer.expires_after(1ms);
      co_await timer.async_wait(use_task);
    }
    events = nullptr;
    co_return stream.finish(error ? &*error : nullptr, report);
  }

  UniqueFd ask_and_begin() {
    UniqueFd client = connect(kSmallWindow);
    send(client, kGet);
    run_until(loop, [this] { return events != nullptr; });
    events->on_begin();
    return client;
  }

  std::string finish(const UniqueFd& client) {
    over = true;
    return receive(client);
  }

  std::chrono::milliseconds silence_max = kE2bSilenceMax;
  std::uint32_t executions = 6;
  std::string announcement;
  std::optional<E2bError> error;
  RunReport report;
  E2bStream* events = nullptr;  // while the run goes on
  bool over = false;
  bool interrupted = false;
};

TEST_F(E2bStreamTest, ALineForEachThingAsItHappens) {
  const UniqueFd client = ask_and_begin();
  const std::string head = receive(client);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"));
  EXPECT_THAT(head,
              EndsWith("\r\n\r\n{\"type\":\"number_of_executions\",\"execution_count\":7}\n"));
  events->on_output(OutputStream::out, "a\n");
  EXPECT_THAT(receive(client),
              MatchesRegex("\\{\"type\":\"stdout\",\"text\":\"a\\\\n\",\"timestamp\":[0-9]+\\}\n"));
  events->on_display(R"({"text/plain":"1"})");
  EXPECT_EQ(receive(client), "{\"type\":\"result\",\"text\":\"1\",\"is_main_result\":false}\n");
  EXPECT_EQ(finish(client), "{\"type\":\"end_of_execution\"}\n<closed>");
  EXPECT_EQ(executions, 7U);
}

TEST_F(E2bStreamTest, AnErrorComesBeforeTheEnd) {
  const UniqueFd client = ask_and_begin();
  receive(client);
  error = E2bError{"ValueError", "v", "t"};
  EXPECT_EQ(finish(client),
            "{\"type\":\"error\",\"name\":\"ValueError\",\"value\":\"v\",\"traceback\":\"t\"}\n"
            "{\"type\":\"end_of_execution\"}\n<closed>");
}

TEST_F(E2bStreamTest, SilenceIsBroken) {
  silence_max = 20ms;
  const UniqueFd client = ask_and_begin();
  std::string lines = receive(client, 10ms);
  const std::string twice = std::string(kE2bKeepAlive) + std::string(kE2bKeepAlive);
  run_until(loop, [&] {
    receive_some(client, lines);
    return lines.ends_with(twice);
  });
  EXPECT_THAT(finish(client), EndsWith("{\"type\":\"end_of_execution\"}\n<closed>"));
}

TEST_F(E2bStreamTest, SaysWhatWasDropped) {
  const UniqueFd client = ask_and_begin();
  receive(client);
  report.output.out.truncated = true;
  report.displays.truncated = true;
  EXPECT_THAT(finish(client),
              HasSubstr("\"type\":\"stderr\",\"text\":\"forkjail: more than its limit "
                        "was dropped of: stdout, results\\n\""));
}

TEST_F(E2bStreamTest, AnnouncesBeforeTheScriptSpeaks) {
  announcement = "anew\n";
  const UniqueFd client = ask_and_begin();
  EXPECT_THAT(receive(client), HasSubstr("}\n{\"type\":\"stderr\",\"text\":\"anew\\n\""));
}

TEST_F(E2bStreamTest, AReaderThatDoesNotReadLeavesNoRoom) {
  const UniqueFd client = ask_and_begin();
  std::size_t printed = 0;
  while (printed < 64 * kMiB && events->has_room()) {
    events->on_output(OutputStream::out, std::string(1'000, 'x'));
    printed += 1'000;
  }
  EXPECT_FALSE(events->has_room());
  EXPECT_LT(printed, 8 * kMiB);
}

}  // namespace
}  // namespace forkjail::server
