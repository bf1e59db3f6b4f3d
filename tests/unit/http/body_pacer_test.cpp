// Large bodies of a caller may be held while they come in.
#include "http/body_pacer.h"

#include <gmock/gmock.h>

#include "unit/http/http_fixture.h"
#include "unit/http/key_gate.h"

namespace forkjail::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

struct Pacer final : BodyPacer {
  void note(const Caller& caller, Clock::time_point) override { noted.emplace_back(caller.name()); }
  Clock::duration pause(Caller& caller, std::size_t more, Clock::time_point) override {
    bytes += more;
    paced = caller.name();
    return time;
  }

  std::vector<std::string> noted;
  Clock::duration time{};
  std::size_t bytes = 0;
  std::string paced;
};

class BodyPacerTest : public HttpTest {
 protected:
  BodyPacerTest() {
    context.gate = &gate;
    context.body_pacer = &pacer;
    maker = [](Exchange&) -> Task<Response> { co_return Response{}; };
  }

  KeyGate gate;
  Pacer pacer;
};

// A raw body of that size, from a caller with a key.
std::string put(std::size_t bytes) {
  return "PUT /files/a HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\nContent-Length: " +
         std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x');
}

TEST_F(BodyPacerTest, MayHoldALargeBodyThatStillComesWhole) {
  constexpr std::size_t kBytes = 300 * kKiB;
  std::size_t received = 0;
  maker = [&](Exchange& exchange) -> Task<Response> {
    received = exchange.request.body.size();
    co_return Response{};
  };
  pacer.time = 2ms;
  EXPECT_THAT(exchange(put(kBytes)), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(received, kBytes);
  EXPECT_EQ(pacer.paced, "me");
  EXPECT_GE(pacer.bytes, kBytes - 2 * limits.body_bytes_free);
  EXPECT_LE(pacer.bytes, kBytes);
  EXPECT_GT(counters.body_pauses(), 0U);
}

TEST_F(BodyPacerTest, HoldsNoSmallBody) {
  pacer.time = 2ms;
  EXPECT_THAT(exchange(put(32 * kKiB)), StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(counters.body_pauses(), 0U);
}

TEST_F(BodyPacerTest, AnswersTheClientOfAHeldBodyOnceTheServiceDrains) {
  pacer.time = 20ms;
  const UniqueFd client = connect();
  send(client, put(300 * kKiB).substr(0, 200 * kKiB));
  loop.run_for(5ms);
  EXPECT_GT(counters.body_pauses(), 0U);
  registry.drain();
  EXPECT_THAT(receive(client), StartsWith("HTTP/1.1 503 "));
}

TEST_F(BodyPacerTest, KnowsOfEveryRequestThatAGateLetsInForACaller) {
  exchange("GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\n\r\n");
  exchange("GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: unnamed\r\n\r\n");
  exchange("GET /made HTTP/1.1\r\nHost: x\r\n\r\n");
  exchange("GET /none HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\n\r\n");
  exchange("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nX-API-Key: you\r\n\r\n");
  EXPECT_THAT(pacer.noted, ElementsAre("me", "you"));
}

TEST_F(BodyPacerTest, HoldsNobodyWhomNoGateKnows) {
  context.gate = nullptr;
  pacer.time = 2ms;
  EXPECT_THAT(exchange(put(300 * kKiB)), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(pacer.noted, IsEmpty());
  EXPECT_EQ(counters.body_pauses(), 0U);
}

}  // namespace
}  // namespace forkjail::http
