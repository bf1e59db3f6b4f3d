// Each kind of descriptor that a log may have, with a reader that stops and comes back.
#include "base/log_output.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/pipe.h"
#include "base/unique_fd.h"

namespace forkjail {
namespace {

using namespace std::chrono_literals;

const std::string kLine = std::string(99, 'x') + "\n";

struct Channel {
  UniqueFd reader;
  UniqueFd writer;
};

Channel pipe_channel() {
  Pipe pipe = *make_pipe();
  return {std::move(pipe.read_end), std::move(pipe.write_end)};
}

Channel socket_channel() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Channel terminal_channel() {
  UniqueFd reader(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  EXPECT_TRUE(::grantpt(reader.get()) == 0 && ::unlockpt(reader.get()) == 0);
  UniqueFd writer(::open(::ptsname(reader.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  EXPECT_TRUE(writer.valid());
  return {std::move(reader), std::move(writer)};
}

std::string read_all(const UniqueFd& reader) {
  std::string text;
  std::array<char, 4096> buffer;
  pollfd polled{reader.get(), POLLIN, 0};
  while (::poll(&polled, 1, 20) == 1 && (polled.revents & POLLIN) != 0) {
    const ssize_t n = ::read(reader.get(), buffer.data(), buffer.size());
    if (n <= 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  std::erase(text, '\r');  // a terminal's
  return text;
}

std::string notice(std::uint64_t lines) { return "dropped " + std::to_string(lines) + "\n"; }

class LogOutputTest : public testing::TestWithParam<Channel (*)()> {};

// More than any kernel buffer and the room for what waits: a write that waited would never end.
TEST_P(LogOutputTest, NeverWaitsAndReportsHowManyLinesWereDropped) {
  const Channel channel = GetParam()();
  LogOutput log(channel.writer.get());
  log.on_dropped(notice);
  int times_pending = 0;
  log.on_pending([&] { ++times_pending; });
  constexpr std::uint64_t kLines = 10'000;
  for (std::uint64_t i = 0; i < kLines; ++i) log.write(kLine);
  EXPECT_TRUE(log.pending());
  EXPECT_GT(times_pending, 0);
  EXPECT_GT(log.dropped(), 0U);

  std::string text;
  for (int turns = 0; log.pending() && turns < 1'000; ++turns) {
    text += read_all(channel.reader);
    log.flush();
  }
  text += read_all(channel.reader);
  const std::uint64_t kept = kLines - log.dropped();
  EXPECT_EQ(text.size(), kept * kLine.size() + notice(log.dropped()).size());
  EXPECT_TRUE(text.ends_with("\n" + notice(log.dropped())));
  log.write("again\n");
  EXPECT_EQ(read_all(channel.reader), "again\n");
}

INSTANTIATE_TEST_SUITE_P(Kinds, LogOutputTest,
                         testing::Values(pipe_channel, socket_channel, terminal_channel));

TEST(LogOutput, LeavesTheSharedDescriptionOfItsDescriptorAsItWas) {
  for (const auto& make : {pipe_channel, terminal_channel, socket_channel}) {
    const Channel channel = make();
    const UniqueFd others(::dup(channel.writer.get()));  // as a shell holds its terminal
    const LogOutput log(channel.writer.get());
    EXPECT_EQ(::fcntl(others.get(), F_GETFL) & O_NONBLOCK, 0);
  }
}

// As where the pipe belongs to somebody else.
TEST(LogOutput, AsksForRoomWhereTheDescriptionCannotBeItsOwn) {
  const Channel channel = pipe_channel();
  ASSERT_EQ(::fchmod(channel.writer.get(), 0), 0);
  const uid_t self = ::geteuid();
  if (self == 0) {
    ASSERT_EQ(::seteuid(64'999), 0);
  }
  LogOutput log(channel.writer.get());
  ASSERT_EQ(::seteuid(self), 0);
  log.on_dropped(notice);
  EXPECT_EQ(::fcntl(channel.writer.get(), F_GETFL) & O_NONBLOCK, 0);
  for (int i = 0; i < 10'000; ++i) log.write(kLine);
  EXPECT_GT(log.dropped(), 0U);
  EXPECT_TRUE(read_all(channel.reader).ends_with(kLine));
}

TEST(LogOutput, AppendsToAFileThatOthersAppendToAsWell) {
  std::string path = testing::TempDir() + "log-XXXXXX";
  const UniqueFd file(::mkstemp(path.data()));
  const UniqueFd others(::dup(file.get()));
  LogOutput log(file.get());
  log.write("one\n");
  ASSERT_EQ(::write(others.get(), "two\n", 4), 4);
  log.write("three\n");
  std::array<char, 64> buffer{};
  const ssize_t n = ::pread(file.get(), buffer.data(), buffer.size(), 0);
  EXPECT_EQ(std::string(buffer.data(), static_cast<std::size_t>(n)), "one\ntwo\nthree\n");
  ::unlink(path.c_str());
}

TEST(LogOutput, GoesOnWithoutAReader) {
  Channel channel = pipe_channel();
  LogOutput log(channel.writer.get());
  channel.reader.reset();
  ::signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < 10'000; ++i) log.write(kLine);
  EXPECT_GT(log.dropped(), 0U);
  log.finish(10s);  // at once: nobody will ever read it
}

TEST(LogOutput, FinishesForAReaderThatIsOnlySlow) {
  const Channel channel = pipe_channel();
  LogOutput log(channel.writer.get());
  for (int i = 0; i < 800; ++i) log.write(kLine);
  ASSERT_TRUE(log.pending());
  EXPECT_FALSE(read_all(channel.reader).empty());
  log.finish(10s);
  EXPECT_FALSE(log.pending());
}

TEST(LogOutput, WritesWholeLines) {
  const Channel channel = pipe_channel();
  LogOutput log(channel.writer.get());
  while (!log.pending()) log.write(kLine);
  EXPECT_TRUE(read_all(channel.reader).ends_with(kLine));
}

}  // namespace
}  // namespace forkjail
