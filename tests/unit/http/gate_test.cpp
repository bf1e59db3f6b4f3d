// A gate between header and body: it lets in, with a caller, or answers before the body is read.
#include "http/gate.h"

#include <gmock/gmock.h>

#include "unit/http/http_fixture.h"
#include "unit/http/key_gate.h"

namespace forkjail::http {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

class GateTest : public HttpTest {
 protected:
  GateTest() {
    context.gate = &gate;
    maker = [this](Exchange& exchange) -> Task<Response> {
      Response response;
      const Caller* const caller = exchange.caller.get();
      response.body = "caller=" + std::string(caller == nullptr ? "none" : caller->name());
      last_caller = exchange.caller;
      co_return response;
    };
  }

  KeyGate gate;
  std::weak_ptr<Caller> last_caller;
};

constexpr std::string_view kRefused = "HTTP/1.1 401 Unauthorized\r\n";

TEST_F(GateTest, LetsInWithTheCallerWhoGoesWithTheRequest) {
  EXPECT_THAT(exchange("GET /made?q HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\n\r\n"),
              HasSubstr("caller=me"));
  EXPECT_TRUE(last_caller.expired());
  EXPECT_THAT(exchange("GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: unnamed\r\n\r\n"),
              HasSubstr("caller=none"));
  EXPECT_THAT(gate.asked, ElementsAre("GET /made?q /made 127.0.0.1", "GET /made /made 127.0.0.1"));
}

TEST_F(GateTest, RefusesBeforeTheBodyComesAndInTheFormOfTheRoute) {
  const UniqueFd client = connect();
  send(client,
       "PUT /files/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  const std::string reply = receive(client);
  EXPECT_THAT(reply, StartsWith(kRefused));
  EXPECT_THAT(reply, HasSubstr("\r\nWWW-Authenticate: Bearer\r\n"));
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(reply, HasSubstr("{\"error\":\"send a key\",\"kind\":\"k\"}<closed>"));
  EXPECT_EQ(registry.body_bytes(), 0U);
}

TEST_F(GateTest, KeepsAConnectionThatHasNoBodyLeft) {
  const UniqueFd client = connect();
  send(client, "GET /made HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string reply = receive(client);
  EXPECT_THAT(reply, StartsWith(kRefused));
  EXPECT_THAT(reply, HasSubstr("\r\nConnection: keep-alive\r\n"));
  send(client, "GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\n\r\n");
  EXPECT_THAT(receive(client), HasSubstr("caller=me"));
}

TEST_F(GateTest, MayHoldItsAnswerWhileTheRestOfTheRequestComes) {
  gate.hold = 20ms;
  const UniqueFd client = connect();
  send(client, "PUT /files/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12");
  loop.run_for(5ms);
  send(client, "345");
  EXPECT_THAT(receive(client), StartsWith(kRefused));
}

TEST_F(GateTest, ReadsTheNextRequestBehindAnAnswerThatWasHeld) {
  gate.hold = 20ms;
  const UniqueFd client = connect();
  send(client, "GET /made HTTP/1.1\r\nHost: x\r\n\r\n");
  loop.run_for(5ms);
  send(client, "GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\n\r\n");
  const std::string replies = receive(client);
  EXPECT_THAT(replies, StartsWith(kRefused));
  EXPECT_THAT(replies, HasSubstr("caller=me"));
  send(client, "GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: you\r\n\r\n");
  EXPECT_THAT(receive(client), HasSubstr("caller=you"));
}

TEST_F(GateTest, KeepsNoSeatForAClientThatLeavesWhileItsAnswerIsHeld) {
  gate.hold = 10min;
  {
    const UniqueFd client = connect();
    send(client, "GET /made HTTP/1.1\r\nHost: x\r\n\r\n");
    loop.run_for(5ms);
    EXPECT_EQ(registry.size(), 1U);
  }
  for (int i = 0; i < 500 && registry.size() > 0; ++i) loop.run_for(10ms);
  EXPECT_EQ(registry.size(), 0U);
  EXPECT_EQ(counters.responses().at(3), 0U);
}

TEST_F(GateTest, NeverTakesABodyForTheNextRequest) {
  const std::string inner = "GET /made HTTP/1.1\r\nHost: x\r\nX-API-Key: me\r\n\r\n";
  const std::string reply = exchange("PUT /files/a HTTP/1.1\r\nHost: x\r\nContent-Length: " +
                                     std::to_string(inner.size()) + "\r\n\r\n" + inner);
  EXPECT_THAT(reply, StartsWith(kRefused));
  EXPECT_EQ(gate.asked.size(), 1U);
}

TEST_F(GateTest, IsAskedBeforeTheTypeOfTheBodyCounts) {
  const std::string request = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n";
  EXPECT_THAT(exchange(request + "\r\n"), StartsWith(kRefused));
  EXPECT_THAT(exchange(request + "X-API-Key: me\r\n\r\n"), StartsWith("HTTP/1.1 415 "));
}

TEST_F(GateTest, IsNotAskedWhereNoRouteTakesTheRequest) {
  EXPECT_THAT(exchange("GET /none HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(exchange("POST /made HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_THAT(exchange("GET /made HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(gate.asked, IsEmpty());
}

}  // namespace
}  // namespace forkjail::http
