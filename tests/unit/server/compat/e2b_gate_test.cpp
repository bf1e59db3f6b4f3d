// With keys: a sandbox's token opens it, and guesses at one cost those who guess.
#include "server/compat/e2b_gate.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "unit/server/sessions/fake_held_cell.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;

class NoGate final : public http::Gate {
 public:
  http::GateDecision admit(const http::RequestHead&, const http::Route&) override {
    return http::error_response(401, "the key's own gate");
  }
};

class E2bGateTest : public SessionsTest {
 protected:
  E2bGateTest() {
    sandbox->id = "sandbox";
    sandbox->token = "the token";
    sandbox->contexts.push_back(std::make_shared<E2bContext>(E2bContext{sandbox->id, create()}));
    sandboxes.set_timeout(*sandbox, 300s);
    sandboxes.add(sandbox);
  }

  // The status, 0 for one that is let in.
  unsigned ask(std::string token, std::string_view path = "/compat/e2b/execute") {
    http::RequestHeaders headers;
    headers.set(http::RequestHeader::e2b_sandbox_id, sandbox->id);
    headers.set(http::RequestHeader::access_token, std::move(token));
    http::Route route;
    route.path = path;
    route.open = true;
    route.errors = e2b_text_error;
    auto admitted = gate.admit({"POST", path, headers, peer}, route);
    auto* const refused = std::get_if<http::Response>(&admitted);
    if (refused == nullptr) return 0;
    answer = std::move(*refused);
    return answer.status;
  }

  DecodeTurns decode_turns{loop.get_executor(), {1, 2}};
  AnswerTurns answer_turns{loop.get_executor()};
  RefusalPace refusal_pace{loop.get_executor()};
  RunLog log{LogFormat::text, ""};
  RefusalLog refusal_log{loop.get_executor(), log};
  const std::string isolation;
  ExecuteContext execute{.executor = loop.get_executor(),
                         .runner = runner,
                         .admission = admission,
                         .isolation_json = isolation,
                         .maxima = {},
                         .decode_turns = decode_turns,
                         .answer_turns = answer_turns,
                         .refusal_pace = refusal_pace,
                         .log = log,
                         .refusal_log = refusal_log};
  SessionContext sessions{execute, store, kMiB};
  E2bSandboxes sandboxes{loop.get_executor(), store, {3, 4}};
  E2bDoor door{sessions, sandboxes, true};
  NoGate behind;
  E2bGate gate{behind, door};
  std::shared_ptr<E2bSandbox> sandbox = std::make_shared<E2bSandbox>();
  boost::asio::ip::address peer;
  http::Response answer;
};

TEST_F(E2bGateTest, OpensASandboxByItsTokenAlone) {
  EXPECT_EQ(ask("the token"), 0U);
  EXPECT_EQ(ask("a token"), 502U);
  EXPECT_EQ(ask(""), 502U);
  EXPECT_EQ(ask("the token", "/execute"), 401U);
}

TEST_F(E2bGateTest, OpensNoSandboxThatIsPaused) {
  sandboxes.pause(*sandbox);
  EXPECT_EQ(ask("the token"), 502U);
  sandboxes.connect(*sandbox, 60s);
  EXPECT_EQ(ask("the token"), 0U);
}

TEST_F(E2bGateTest, HoldsTheAnswersOfThoseWhoGuessAndOfNobodyElse) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ask("guess"), 502U);
    EXPECT_EQ(answer.hold.count(), 0);
  }
  std::chrono::milliseconds longest{0};
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(ask("guess"), 502U);
    longest = std::max(longest, answer.hold);
  }
  EXPECT_GE(longest, 1'500ms);
  EXPECT_LE(longest, 2'100ms);
  EXPECT_EQ(ask("the token"), 0U);
}

}  // namespace
}  // namespace forkjail::server
