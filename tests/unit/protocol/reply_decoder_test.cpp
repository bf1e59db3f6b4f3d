#include "protocol/reply_decoder.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace forkjail::protocol {
namespace {

using protocol::FrameType;
using State = ReplyDecoder::State;

std::string frame(std::uint32_t type, std::uint32_t length, std::string_view payload) {
  const protocol::FrameHeader header{type, length};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes.append(payload);
}

std::string frame(FrameType type, std::string_view payload = {}) {
  return frame(static_cast<std::uint32_t>(type), static_cast<std::uint32_t>(payload.size()),
               payload);
}

void feed(ReplyDecoder& decoder, std::string_view bytes) {
  decoder.feed(std::as_bytes(std::span(bytes)));
}

ReplyDecoder running() {
  ReplyDecoder decoder;
  feed(decoder, frame(FrameType::parked));
  EXPECT_EQ(decoder.state(), State::parked);
  decoder.start_run();
  return decoder;
}

TEST(ReplyDecoder, TellsWhyASetUpFailed) {
  ReplyDecoder decoder;
  protocol::SetupFailure failure{13, {}};
  std::string_view("mount").copy(failure.step.data(), 5);
  failure.step.back() = 'x';  // unterminated on purpose
  feed(decoder,
       frame(FrameType::setup_failed, {reinterpret_cast<const char*>(&failure), sizeof failure}));
  ASSERT_EQ(decoder.state(), State::setup_failed);
  EXPECT_EQ(decoder.setup_failure().sys_errno, 13);
  EXPECT_STREQ(decoder.setup_failure().step.data(), "mount");
}

TEST(ReplyDecoder, TakesAValueByteByByte) {
  ReplyDecoder decoder = running();
  for (const char c : frame(FrameType::value, "{\"a\":1}")) {
    EXPECT_EQ(decoder.state(), State::running);
    feed(decoder, {&c, 1});
  }
  ASSERT_EQ(decoder.state(), State::value);
  EXPECT_EQ(decoder.payload(), "{\"a\":1}");
}

TEST(ReplyDecoder, KeepsTheRefusedSystemCallsBesideTheFailure) {
  ReplyDecoder decoder = running();
  const std::array<std::uint32_t, 2> numbers{41, 57};
  feed(decoder, frame(FrameType::refused_syscalls,
                      {reinterpret_cast<const char*>(numbers.data()), sizeof numbers}) +
                    frame(FrameType::failure, "{}"));
  ASSERT_EQ(decoder.state(), State::failure);
  EXPECT_EQ(decoder.refused_syscalls(), (std::vector<std::uint32_t>{41, 57}));
}

TEST(ReplyDecoder, TakesARefusedSystemCallOnceHoweverOftenAForgedFrameNamesIt) {
  ReplyDecoder decoder = running();
  std::array<std::uint32_t, protocol::kRefusedSyscallsMax> numbers{};
  numbers.fill(41);
  numbers.back() = 57;
  feed(decoder, frame(FrameType::refused_syscalls,
                      {reinterpret_cast<const char*>(numbers.data()), sizeof numbers}));
  EXPECT_EQ(decoder.state(), State::running);
  EXPECT_EQ(decoder.refused_syscalls(), (std::vector<std::uint32_t>{41, 57}));
}

TEST(ReplyDecoder, IgnoresEverythingAfterTheFinalFrame) {
  ReplyDecoder decoder = running();
  feed(decoder, frame(FrameType::value, "1") + frame(FrameType::value, "2") + "garbage");
  EXPECT_EQ(decoder.state(), State::value);
  EXPECT_EQ(decoder.payload(), "1");
}

TEST(ReplyDecoder, RejectsAFrameOutOfOrder) {
  ReplyDecoder early;
  feed(early, frame(FrameType::value, "1"));
  EXPECT_EQ(early.state(), State::violation);

  ReplyDecoder parked;
  feed(parked, frame(FrameType::parked) + frame(FrameType::value, "1"));
  EXPECT_EQ(parked.state(), State::violation);

  ReplyDecoder twice = running();
  feed(twice, frame(FrameType::parked));
  EXPECT_EQ(twice.state(), State::violation);
}

TEST(ReplyDecoder, RejectsALengthAboveItsCapBeforeAnyOfItCame) {
  for (const auto& [type, length] :
       {std::pair{FrameType::value, std::uint32_t{kValueBytesMax + 1}},
        std::pair{FrameType::value, 0xFFFFFFFFU},
        std::pair{FrameType::failure, std::uint32_t{kFailureBytesMax + 1}},
        std::pair{FrameType::refused_syscalls, 68U}}) {
    ReplyDecoder decoder = running();
    feed(decoder, frame(static_cast<std::uint32_t>(type), length, {}));
    EXPECT_EQ(decoder.state(), State::violation) << length;
  }
}

TEST(ReplyDecoder, RejectsUnknownTypesAndOddLists) {
  for (const std::string& bytes : {frame(0, 0, {}), frame(99, 0, {}), frame(3, 3, "abc"),
                                   frame(3, 4, "abcd") + frame(3, 4, "abcd")}) {
    ReplyDecoder decoder = running();
    feed(decoder, bytes);
    EXPECT_EQ(decoder.state(), State::violation);
    EXPECT_FALSE(decoder.violation().empty());
  }
}

TEST(ReplyDecoder, WaitsOnATruncatedFrameWithoutAllocatingItsLength) {
  ReplyDecoder decoder = running();
  feed(decoder, frame(4, kValueBytesMax, "12"));
  EXPECT_EQ(decoder.state(), State::running);
  EXPECT_LT(decoder.payload().capacity(), 1'000U);
}

}  // namespace
}  // namespace forkjail::protocol
