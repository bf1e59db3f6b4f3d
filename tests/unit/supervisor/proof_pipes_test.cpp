#include "supervisor/proof_pipes.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "base/io.h"

namespace forkjail::supervisor {
namespace {

using protocol::FrameHeader;
using protocol::FrameType;

class ProofPipes : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(make_proof_pipes_nonblocking(request, reply)); }

  void write(std::string_view text) const {
    ASSERT_TRUE(write_all(reply.write_end.get(), std::as_bytes(std::span(text))));
  }
  void write_header(FrameType type, std::uint32_t payload_bytes) const {
    const FrameHeader header{static_cast<std::uint32_t>(type), payload_bytes};
    write({reinterpret_cast<const char*>(&header), sizeof header});
  }
  Result<std::optional<Frame>> next() { return reader.next(reply.read_end.get()); }
  // Nothing yet, and no wait for it.
  void expect_none() {
    const auto frame = next();
    ASSERT_TRUE(frame);
    EXPECT_FALSE(*frame);
  }

  Pipe request = *make_pipe();
  Pipe reply = *make_pipe();
  FrameReader reader;
};

TEST_F(ProofPipes, GiveAFrameOnceAllOfItIsThere) {
  expect_none();
  write_header(FrameType::value, 5);
  expect_none();
  write("ab");
  expect_none();
  write("cde");
  write_header(FrameType::parked, 0);
  const auto value = next();
  ASSERT_TRUE(value && *value);
  EXPECT_EQ((*value)->type, FrameType::value);
  EXPECT_EQ((*value)->payload, "abcde");
  const auto parked = next();
  ASSERT_TRUE(parked && *parked);
  EXPECT_EQ((*parked)->type, FrameType::parked);
  EXPECT_EQ((*parked)->payload, "");
  expect_none();
}

TEST_F(ProofPipes, TellAnEndInTheMiddleOfAFrame) {
  write_header(FrameType::value, 5);
  write("ab");
  reply.write_end.reset();
  EXPECT_FALSE(next());
}

TEST_F(ProofPipes, RefuseAPayloadAboveTheCap) {
  write_header(FrameType::value, 0xffff'ffff);
  EXPECT_EQ(next().error().sys_errno, EMSGSIZE);
}

TEST_F(ProofPipes, WriteWhatFitsAndKeepTheRest) {
  std::vector<std::byte> some(1'000);
  ASSERT_TRUE(write_some(request.write_end.get(), some));
  EXPECT_TRUE(some.empty());
  std::vector<std::byte> more(std::size_t{1} << 20);
  const std::size_t all = more.size();
  ASSERT_TRUE(write_some(request.write_end.get(), more));
  EXPECT_LT(more.size(), all);
  EXPECT_GT(more.size(), 0U);
}

TEST_F(ProofPipes, ReportAWriteThatWillNotBeRead) {
  std::signal(SIGPIPE, SIG_IGN);
  request.read_end.reset();
  std::vector<std::byte> some(1'000);
  EXPECT_EQ(write_some(request.write_end.get(), some).error().sys_errno, EPIPE);
}

}  // namespace
}  // namespace forkjail::supervisor
