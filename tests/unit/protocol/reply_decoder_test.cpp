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

TEST(ReplyDecoder, ReportsWhyASetUpFailed) {
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

std::string file_payload(std::string_view path, std::uint64_t size,
                         std::optional<std::string_view> content) {
  const LeftFileHeader header{size, static_cast<std::uint32_t>(path.size()), content ? 1U : 0U};
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  return bytes.append(path).append(content.value_or(""));
}

TEST(ReplyDecoder, KeepsFilesAndDisplaysBesideTheValue) {
  ReplyDecoder decoder = running();
  const std::string reply = frame(FrameType::display, R"({"text/plain":"1"})") +
                            frame(FrameType::file, file_payload("a", 2, "hi")) +
                            frame(FrameType::file, file_payload("d/b", 1ULL << 50, {})) +
                            frame(FrameType::value, "1");
  for (const char c : reply) feed(decoder, {&c, 1});
  ASSERT_EQ(decoder.state(), State::value);
  EXPECT_EQ(decoder.payload(), "1");
  EXPECT_EQ(decoder.displays(), std::vector<std::string>{R"({"text/plain":"1"})"});
  ASSERT_EQ(decoder.files().size(), 2U);
  EXPECT_EQ(decoder.files()[0].path, "a");
  EXPECT_EQ(decoder.files()[0].content, "hi");
  EXPECT_EQ(decoder.files()[1].size, 1ULL << 50);
  EXPECT_FALSE(decoder.files()[1].content);
  EXPECT_FALSE(decoder.files_dropped());
}

TEST(ReplyDecoder, TakesAnEmptyFrameForTheLastOfItsType) {
  for (const FrameType type : {FrameType::display, FrameType::file}) {
    ReplyDecoder decoder = running();
    feed(decoder, frame(type));
    EXPECT_EQ(decoder.state(), State::running);
    EXPECT_EQ(decoder.displays_dropped(), type == FrameType::display);
    EXPECT_EQ(decoder.files_dropped(), type == FrameType::file);
    feed(decoder, frame(type, file_payload("a", 0, "")));
    EXPECT_EQ(decoder.state(), State::violation);
  }
}

TEST(ReplyDecoder, RefusesAFileWhoseLengthsDoNotFit) {
  std::string longer_path = file_payload("a", 0, "");
  longer_path[8] = 9;
  for (const std::string& payload : {std::string("x"), file_payload("", 0, ""), longer_path,
                                     file_payload(std::string(kFilePathBytesMax + 1, 'p'), 0, {}),
                                     file_payload("a", 0, {}) + "content that is not announced"}) {
    ReplyDecoder decoder = running();
    feed(decoder, frame(FrameType::file, payload));
    EXPECT_EQ(decoder.state(), State::violation) << payload.size();
  }
}

TEST(ReplyDecoder, BoundsTheNumberAndTheSumOfFrames) {
  ReplyDecoder decoder = running();
  const std::string one = frame(FrameType::display, "{}");
  for (std::size_t i = 0; i < kDisplaysMax + 1; ++i) feed(decoder, one);
  EXPECT_EQ(decoder.state(), State::running);
  feed(decoder, one);
  EXPECT_EQ(decoder.state(), State::violation);

  ReplyDecoder large = running();
  feed(large, frame(FrameType::display, std::string(kDisplayBytesMax, 'x')));
  EXPECT_EQ(large.state(), State::running);
  feed(large, frame(static_cast<std::uint32_t>(FrameType::display), kDisplayBytesMax, ""));
  EXPECT_EQ(large.state(), State::violation);  // by its header alone
}

}  // namespace
}  // namespace forkjail::protocol
