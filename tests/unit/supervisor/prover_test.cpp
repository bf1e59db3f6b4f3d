#include "supervisor/prover.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "supervisor/canaries.h"
#include "supervisor_parts.h"

namespace forkjail::supervisor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ProverTest : public SupervisorParts {
 protected:
  // The zygote has failed, for this reason.
  void expect_failed(const std::string& reason) {
    EXPECT_EQ(zygote().state, ZygoteState::ended);
    EXPECT_EQ(prover.cell_of(zygote()), nullptr);
    const auto sent = next_sent();
    ASSERT_TRUE(sent) << "the server was not told";
    EXPECT_EQ(sent->message.verb, SupervisorVerb::zygote_failed);
    EXPECT_THAT(sent->text, HasSubstr(reason));
    EXPECT_FALSE(next_sent()) << "it was told more than once";
  }
};

TEST_F(ProverTest, ZygoteServesOnceItWasInspectedAndAttacked) {
  layers = std::vector<protocol::Layer>{{"seccomp filter", protocol::LayerState::on, {}}};
  start_proof();
  park_proof_cell();
  EXPECT_EQ(zygote().state, ZygoteState::proving) << "before the canaries answered";
  proof_order->send_frame(FrameType::value, "\"\"");
  read_proof();
  EXPECT_EQ(zygote().state, ZygoteState::ready);
  const auto sent = next_sent();
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->message.verb, SupervisorVerb::zygote_ready);
  const auto report = protocol::decode_zygote_report(sent->text);
  ASSERT_TRUE(report && report->layers.size() == 2U);
  EXPECT_EQ(report->layers[0].name, "seccomp filter");
  EXPECT_EQ(report->layers[1].why, "none here");
}

TEST_F(ProverTest, ProofCellIsKilledOnceItsVerdictIsKnown) {
  start_proof();
  park_proof_cell();
  EXPECT_FALSE(proof_cell->is_dead());
  proof_order->send_frame(FrameType::value, "\"\"");
  read_proof();
  proof_cell->wait_until_dead();
}

TEST_F(ProverTest, ZygoteThatReportsReadyTwiceIsEnded) {
  fleet.keep();
  fake().send_ready();
  fake().send_ready();
  read();
  EXPECT_EQ(zygote().state, ZygoteState::proving);
  read();
  expect_failed("ready twice");
}

TEST_F(ProverTest, ProofCellThatDiesBeforeItParkedFailsTheZygote) {
  start_proof();
  proof_order->reply.reset();
  read_proof();
  expect_failed("the first cell died");
}

TEST_F(ProverTest, ProofCellWhoseExitIsReportedFirstFailsTheZygote) {
  start_proof();
  fake().send_exited(*proof_order);
  read();
  expect_failed("the first cell died");
}

TEST_F(ProverTest, ProofCellThatCouldNotBeClonedFailsTheZygote) {
  fleet.keep();
  fake().send_ready();
  read();
  const auto order = fake().order();
  ASSERT_TRUE(order);
  fake().send({.verb = ZygoteVerb::clone_failed, .sys_errno = EPERM, .cell = order->message.cell});
  read();
  expect_failed("clone");
}

TEST_F(ProverTest, StepThatFailedInTheProofCellIsNamed) {
  start_proof();
  protocol::SetupFailure failure{.sys_errno = EPERM};
  std::string_view("scratch").copy(failure.step.data(), failure.step.size());
  proof_order->send_frame(FrameType::setup_failed,
                          {reinterpret_cast<const char*>(&failure), sizeof failure});
  read_proof();
  expect_failed("enter the jail: scratch");
}

TEST_F(ProverTest, LayerThatIsMissingFromOutsideFailsTheZygoteAndKillsTheCell) {
  layers = Error{"prove seccomp filter", 0, "off"};
  start_proof();
  park_proof_cell();
  proof_cell->wait_until_dead();
  expect_failed("prove seccomp filter");
}

TEST_F(ProverTest, CanariesThatNameALayerFailTheZygote) {
  start_proof();
  park_proof_cell();
  proof_order->send_frame(FrameType::value, "\"no processes: fork\"");
  read_proof();
  expect_failed("no processes: fork");
  proof_cell->wait_until_dead();
}

TEST_F(ProverTest, CanariesThatFailThemselvesFailTheZygote) {
  start_proof();
  park_proof_cell();
  proof_order->send_frame(FrameType::failure, "{}");
  read_proof();
  expect_failed("run the canaries");
}

TEST_F(ProverTest, CanariesThatGiveNoAnswerFailTheZygote) {
  start_proof();
  park_proof_cell();
  proof_order->reply.reset();
  read_proof();
  expect_failed("they gave no answer");
}

TEST_F(ProverTest, FrameThatStopsInTheMiddleIsNotWaitedFor) {
  start_proof();
  park_proof_cell();
  const protocol::FrameHeader header{static_cast<std::uint32_t>(FrameType::value), 2};
  proof_order->send_bytes({reinterpret_cast<const char*>(&header), sizeof header});
  proof_order->send_bytes("\"");
  read_proof();  // would hang here
  EXPECT_EQ(zygote().state, ZygoteState::proving);
  proof_order->send_bytes("\"");
  read_proof();
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

TEST_F(ProverTest, RefusedSystemCallsBeforeTheVerdictAreSkipped) {
  start_proof();
  park_proof_cell();
  proof_order->send_frame(FrameType::refused_syscalls, "1234");
  proof_order->send_frame(FrameType::value, "\"\"");
  read_proof();
  EXPECT_EQ(zygote().state, ZygoteState::ready);
}

TEST_F(ProverTest, RequestThatDoesNotFitThePipeIsSentInParts) {
  start_proof();
  ASSERT_EQ(::fcntl(proof_order->request.get(), F_SETPIPE_SZ, 4'096), 4'096);
  park_proof_cell();  // would hang here
  Cell* cell = prover.cell_of(zygote());
  ASSERT_NE(cell, nullptr);
  const auto whole = canary_request({}, kMemoryMax);
  ASSERT_FALSE(cell->proof->unsent.empty());
  std::vector<std::byte> received(whole.size());
  std::size_t at = 0;
  while (at < received.size()) {
    const ssize_t n = ::read(proof_order->request.get(), &received[at], received.size() - at);
    ASSERT_GT(n, 0);
    at += static_cast<std::size_t>(n);
    prover.on_writable(*cell);
  }
  EXPECT_EQ(received, whole);
  EXPECT_TRUE(cell->proof->unsent.empty());
  std::byte none{};
  EXPECT_EQ(::read(proof_order->request.get(), &none, 1), 0) << "its end is the end of the pipe";
}

TEST_F(ProverTest, VerdictBeforeTheWholeRequestFailsTheZygote) {
  start_proof();
  ASSERT_EQ(::fcntl(proof_order->request.get(), F_SETPIPE_SZ, 4'096), 4'096);
  park_proof_cell();
  proof_order->send_frame(FrameType::value, "\"\"");
  read_proof();
  expect_failed("an answer before the request");
}

TEST_F(ProverTest, ServiceWithAStepLeftOutNeverServes) {
  Prover strict(
      {.never_serves = true}, [](const Cell&) { return std::vector<protocol::Layer>{}; }, cells,
      starter, fleet, now);
  start_proof();
  proof_order->send_frame(FrameType::parked);
  Cell* cell = prover.cell_of(zygote());
  strict.on_readable(*cell);
  proof_order->send_frame(FrameType::value, "\"\"");
  strict.on_readable(*cell);
  expect_failed("no canary noticed it");
}

}  // namespace
}  // namespace forkjail::supervisor
