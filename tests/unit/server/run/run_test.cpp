#include "server/run/run.h"

#include "unit/server/run/run_fixture.h"

namespace forkjail::server {
namespace {

using namespace std::chrono_literals;
using protocol::Flavour;
using protocol::FrameType;

TEST_F(RunTest, HandsOverTheRequestAndTakesTheValue) {
  request.args_json = "[1]";
  request.stdin_text = "in";
  request.env_block = std::string("A=1\0", 4);
  start();
  std::array<char, 256> buffer;
  const auto n = ::read(cell.request.get(), buffer.data(), buffer.size());
  protocol::RunRequestHeader header;
  ASSERT_EQ(n, static_cast<ssize_t>(sizeof header + 16 + 3 + 2 + 4));
  std::memcpy(&header, buffer.data(), sizeof header);
  EXPECT_EQ(header.magic, protocol::kRunRequestMagic);
  EXPECT_EQ(header.bytes_of(protocol::RunPart::script), 16U);
  EXPECT_EQ(header.cpu_time_ms, 10'000U);
  EXPECT_EQ(std::string_view(buffer.data() + sizeof header, 21), "def main(): pass[1]in");

  FakeCell::write(cell.out, "hello");
  FakeCell::write(cell.err, "warning");
  cell.answer("42");
  finish();
  EXPECT_TRUE(std::holds_alternative<ValueReply>(report->evidence.reply));
  EXPECT_EQ(report->value_json, "42");
  EXPECT_EQ(report->output.out.bytes, "hello");
  EXPECT_EQ(report->output.err.bytes, "warning");
  EXPECT_FALSE(was_ended());  // the lease does that, after the answer went out
}

TEST_F(RunTest, TakesWhatWasPrintedBeforeTheReplyAndWaitsForNothingElse) {
  start();
  FakeCell::write(cell.out, "first ");
  FakeCell::write(cell.err, "warning");
  cell.answer("1");
  FakeCell::write(cell.out, "last");
  finish();
  EXPECT_EQ(report->value_json, "1");
  EXPECT_EQ(report->output.out.bytes, "first last");  // both were there when the reply was read
  EXPECT_EQ(report->output.err.bytes, "warning");
  EXPECT_FALSE(was_ended());
}

TEST_F(RunTest, ReportsThatFilesAreMissingOfARunThatWasKilled) {
  request.include.add(AnswerPart::files);
  start();
  end_of_cell();
  finish();
  EXPECT_TRUE(report->files.files.empty());
  EXPECT_TRUE(report->files.truncated);
}

TEST_F(RunTest, EndsACellThatPrintsFasterThanItsOutputIsRead) {
  constexpr int kPipeBytes = 1 << 20;
  if (::fcntl(cell.out.get(), F_SETPIPE_SZ, kPipeBytes) != kPipeBytes) {
    GTEST_SKIP() << "needs a pipe of 1 MB (/proc/sys/fs/pipe-max-size)";
  }
  request.limits.output_bytes = kPipeBytes;
  start();
  cell.answer("1");  // first, so that it is read first
  const std::string text(kPipeBytes, '.');
  FakeCell::write(cell.out, text);
  run_until(loop, [this] { return was_ended(); });
  EXPECT_FALSE(report);
  end_of_cell();
  finish();
  EXPECT_EQ(report->value_json, "1");
  EXPECT_EQ(report->output.out.bytes.size(), text.size());
}

TEST_F(RunTest, WaitsForTheEvidenceWhenTheUsageIsAskedFor) {
  request.include.add(AnswerPart::usage);
  start();
  cell.answer("1");
  run_until(loop, [this] { return was_ended(); });
  EXPECT_FALSE(report);
  end_of_cell({.wait_status = SIGKILL, .status_known = true, .memory_peak_bytes = 7});
  finish();
  EXPECT_EQ(report->usage.memory_peak_bytes, 7U);
  EXPECT_TRUE(std::holds_alternative<ValueReply>(report->evidence.reply));
}

TEST_F(RunTest, TellsTheSupervisorOfARunThatLastsOnce) {
  request.limits.wall_time = 4 * LengthWatch::kShortRunTimeMax;
  start();
  EXPECT_TRUE(maker.lasting.empty());
  run_until(loop, [this] { return was_ended(); });
  EXPECT_EQ(maker.lasting.size(), 1U);
  EXPECT_TRUE(maker.long_over.empty()) << "the cell ends with its run";
}

TEST_F(RunTest, IsOneOfThoseThatLastUntilItIsOver) {
  LastingRuns lasting;
  options.lasting = &lasting;
  request.limits.wall_time = 2 * LengthWatch::kShortRunTimeMax;
  start();
  EXPECT_FALSE(lasting.any());
  run_until(loop, [this] { return was_ended(); });
  EXPECT_TRUE(lasting.any());
  end_of_cell();
  finish();
  run.reset();
  EXPECT_FALSE(lasting.any());
}

TEST_F(RunTest, TellsTheSupervisorThatAShortRunWaitsWhileOthersLast) {
  LastingRuns lasting;
  const LastingRuns::Mark other(lasting);
  options.lasting = &lasting;
  request.limits.wall_time = 2 * LengthWatch::kShortRunTimeMax;
  start();
  run_until(loop, [this] { return !maker.lasting.empty(); });
  EXPECT_FALSE(maker.waiting.empty());
  EXPECT_LE(maker.waiting.size(), 6U) << "after 1, 2, 4 ... 32 ms";
}

TEST_F(RunTest, EndsTheRunAtItsWallTimeAndKeepsWhatWasPrinted) {
  request.limits.wall_time = 30ms;
  start();
  FakeCell::write(cell.out, "before");
  run_until(loop, [this] { return was_ended(); });
  end_of_cell();
  finish();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::wall_time);
  EXPECT_EQ(report->output.out.bytes, "before");
}

TEST_F(RunTest, WaitsForTheEndOfACellThatDiesWithoutAFrame) {
  start();
  cell.die();
  settle(loop);
  EXPECT_FALSE(report);
  EXPECT_FALSE(was_ended());
  end_of_cell({.wait_status = 3 << 8, .status_known = true});
  finish();
  EXPECT_TRUE(std::holds_alternative<NoReply>(report->evidence.reply));
  EXPECT_EQ(report->evidence.ended_by, EndedBy::nobody);
  EXPECT_FALSE(report->evidence.outlived_reply);
  EXPECT_EQ(report->evidence.end->wait_status, 3 << 8);
}

TEST_F(RunTest, EndsACellThatLivesOnWithoutItsReplyPipe) {
  start();
  cell.reply.reset();
  run_until(loop, [this] { return was_ended(); });
  end_of_cell();
  finish();
  EXPECT_TRUE(std::holds_alternative<NoReply>(report->evidence.reply));
  EXPECT_EQ(report->evidence.ended_by, EndedBy::nobody);
  EXPECT_TRUE(report->evidence.outlived_reply);
}

TEST_F(RunTest, TakesAForgedFrameForTampering) {
  start();
  FakeCell::write(cell.reply, "forged forged forged");
  run_until(loop, [this] { return was_ended(); });
  end_of_cell();
  finish();
  EXPECT_TRUE(std::holds_alternative<Tampered>(report->evidence.reply));
}

TEST_F(RunTest, TakesAValueThatIsNoJsonForTampering) {
  start();
  cell.answer(R"(1,"stdout":"forged")");
  finish();
  EXPECT_TRUE(std::holds_alternative<Tampered>(report->evidence.reply));
  EXPECT_EQ(report->value_json, "");
}

TEST_F(RunTest, KeepsOutputUpToItsLimitAndDrainsTheRest) {
  request.limits.output_bytes = 4;
  start();
  FakeCell::write(cell.out, "123456");
  FakeCell::write(cell.err, "1234");
  cell.answer("null");
  finish();
  EXPECT_EQ(report->output.out.bytes, "1234");
  EXPECT_TRUE(report->output.out.truncated);
  EXPECT_EQ(report->output.err.bytes, "1234");
  EXPECT_FALSE(report->output.err.truncated);
}

TEST_F(RunTest, EndsARunThatFloodsItsOutput) {
  request.limits.output_bytes = 1;
  start();
  flood_until_ended();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::output_flood);
  EXPECT_EQ(report->output.out.bytes, "x");
}

TEST_F(RunTest, EndsTheRunWhenTheClientLeaves) {
  start();
  interruption.raise(InterruptReason::client_gone);
  run_until(loop, [this] { return was_ended(); });
  end_of_cell();
  finish();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::client_gone);
}

TEST_F(RunTest, ReportsThatTheScriptCannotHaveRunWhenTheCellWasDead) {
  cell.die();
  start();
  finish();
  EXPECT_FALSE(report->handed_over);
}

TEST_F(RunTest, SendsALargeRequestAsFastAsTheCellReadsIt) {
  request.stdin_text = std::string(5 * kMiB, 's');
  start();
  std::size_t received = 0;
  std::array<char, 64 * kKiB> buffer;
  const std::size_t expected =
      sizeof(protocol::RunRequestHeader) + request.script.size() + request.stdin_text.size();
  ASSERT_EQ(::fcntl(cell.request.get(), F_SETFL, O_NONBLOCK), 0);
  run_until(loop, [&] {
    const auto n = ::read(cell.request.get(), buffer.data(), buffer.size());
    if (n > 0) received += static_cast<std::size_t>(n);
    return received == expected;
  });
  cell.answer("1");
  finish();
  EXPECT_EQ(report->value_json, "1");
}

TEST_F(RunTest, LowersTheMemoryLimitBeforeTheScriptCanRun) {
  request.limits.memory_bytes = 16 * kMiB;
  start();
  EXPECT_EQ(maker.memory_limits[1], 16 * kMiB);
  ASSERT_EQ(::fcntl(cell.request.get(), F_SETFL, O_NONBLOCK), 0);
  char byte;
  EXPECT_EQ(::read(cell.request.get(), &byte, 1), -1);  // nothing yet
  static_cast<SupervisorEvents&>(pool).on_memory_limited(1, 0);
  run_until(loop, [&] { return ::read(cell.request.get(), &byte, 1) == 1; });
  cell.answer("1");
  finish();
}

TEST_F(RunTest, LeavesACellThatDiesBeforeTheHandOverToAnotherOne) {
  request.limits.memory_bytes = 16 * kMiB;
  start();
  end_of_cell();
  finish();
  EXPECT_FALSE(report->handed_over);
  EXPECT_EQ(report->evidence.ended_by, EndedBy::nobody);
}

TEST_F(RunTest, EndsTheCellAndHandsNothingOverWhenTheClientLeavesBefore) {
  request.limits.memory_bytes = 16 * kMiB;
  start();
  interruption.raise(InterruptReason::client_gone);
  settle(loop);
  EXPECT_TRUE(was_ended());
  char byte;
  ASSERT_EQ(::fcntl(cell.request.get(), F_SETFL, O_NONBLOCK), 0);
  EXPECT_EQ(::read(cell.request.get(), &byte, 1), -1);
  end_of_cell();
  finish();
  EXPECT_EQ(report->evidence.ended_by, EndedBy::client_gone);
}

TEST_F(RunTest, ReadsAByteByByteWriterAtIntervalsAndStillAnswers) {
  start();
  for (int i = 0; i < 1'000; ++i) {
    FakeCell::write(cell.out, "x");
    settle(loop);
  }
  cell.answer("1");
  finish();
  EXPECT_EQ(report->output.out.bytes.size(), 1'000U);
}

}  // namespace
}  // namespace forkjail::server
